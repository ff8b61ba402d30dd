package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"
)

// Load fills a struct from the environment. A field's tag names its variable: `env:"TABLE"`, or `env:"SKEW,optional"`
// for one that may be absent. Fields are strings, time.Duration, or pointers to time.Duration.
func Load[T any]() (T, error) { return load[T](os.LookupEnv) }

func load[T any](lookup func(string) (string, bool)) (T, error) {
	var settings T
	var errs []error
	value := reflect.ValueOf(&settings).Elem()
	for i := range value.NumField() {
		name, options, _ := strings.Cut(value.Type().Field(i).Tag.Get("env"), ",")
		text, there := lookup(name)
		if !there || text == "" {
			if options != "optional" {
				errs = append(errs, fmt.Errorf("%s is not set", name))
			}
			continue
		}
		if err := set(value.Field(i), text); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return settings, errors.Join(errs...)
}

func set(field reflect.Value, text string) error {
	switch field.Interface().(type) {
	case string:
		field.SetString(text)
	case time.Duration, *time.Duration:
		duration, err := time.ParseDuration(text)
		if err != nil {
			return err
		}
		if field.Kind() == reflect.Pointer {
			field.Set(reflect.ValueOf(&duration))
		} else {
			field.SetInt(int64(duration))
		}
	default:
		return fmt.Errorf("settings of type %s are not known", field.Type())
	}
	return nil
}
