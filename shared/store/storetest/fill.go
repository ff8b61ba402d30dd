package storetest

import (
	"crypto/rand"
	"fmt"
	"reflect"
	"time"

	"github.com/oklog/ulid/v2"

	"mandate/shared/directory"
)

// NewID is a new id behind a prefix, as the service makes them.
func NewID(prefix string) string { return NewIDAt(prefix, time.Now()) }

// NewIDAt is one that was made at a time.
func NewIDAt(prefix string, at time.Time) string {
	return prefix + ulid.MustNew(ulid.Timestamp(at), ulid.DefaultEntropy()).String()
}

// NewOrganisation is the id of a tenant that no other test has.
func NewOrganisation() directory.OrganisationID {
	return directory.OrganisationID(NewID(directory.PrefixOrganisation))
}

// Filled is a T of which every field, at every depth, has a value of its own that is not its zero value.
func Filled[T any]() T {
	var value T
	fill(reflect.ValueOf(&value).Elem())
	return value
}

// now has no monotonic reading and is in UTC: what is stored comes back equal.
func now() time.Time { return time.Now().UTC().Round(0) }

var timeType = reflect.TypeFor[time.Time]()

func fill(v reflect.Value) {
	if v.Type() == timeType {
		v.Set(reflect.ValueOf(now().Add(-time.Duration(1 + random()))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(rand.Text())
	case reflect.Int, reflect.Int64:
		v.SetInt(1 + random())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key)
			fill(value)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	default:
		panic(fmt.Sprintf("storetest: no value for a %s", v.Type()))
	}
}

// random is from 0 to a little over a billion: nanoseconds and counts alike stay what they can be.
func random() int64 {
	var raw [4]byte
	rand.Read(raw[:])
	return int64(raw[0]&0x3f)<<24 | int64(raw[1])<<16 | int64(raw[2])<<8 | int64(raw[3])
}
