package phone

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write lengths.txt anew")

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for written, number := range map[string]string{
		"+44 20 7946 0018": "+442079460018", "+44 (0)20 7946-0018": "+442079460018", "+33 1.23.45.67.89": "+33123456789",
		"+1 (212) 555-0123": "+12125550123", "+4570123456": "+4570123456",
		"": "", "020 7946 0018": "", "0044 20 7946 0018": "", "+44": "", "+44 20 79": "", "+999 123 456 789": "",
		"+44 20 7946 0018 9999": "", "+44 20 7946 OO18": "", "+44 20 7946 0018 x12": "", "++442079460018": "", "٠١٢": "",
		"+44" + strings.Repeat(" ", 60) + "2079460018": "",
	} {
		got, ok := E164(written)
		if got != number || ok != (number != "") {
			t.Errorf("%q is read as %q, %v; want %q", written, got, ok, number)
		}
	}
}

// The table says of every code and length what libphonenumber says.
func TestTheTableIsLibphonenumbers(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for code := 1; code < 1000; code++ {
		var fitting []string
		for length := 2; length <= 14; length++ {
			if possible(code, length) {
				fitting = append(fitting, fmt.Sprint(length))
			}
		}
		if len(fitting) > 0 {
			fmt.Fprintf(&text, "%d %s\n", code, strings.Join(fitting, ","))
		}
	}
	if *update {
		if err := os.WriteFile("lengths.txt", []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text.String() != table {
		t.Error("lengths.txt is not as libphonenumber has it: go test ./shared/phone -update")
	}
}

// possible asks libphonenumber whether numbers of a code can have a length.
func possible(code, length int) bool {
	country, national := int32(code), uint64(0)
	for range length {
		national = national*10 + 9
	}
	number := &phonenumbers.PhoneNumber{CountryCode: &country, NationalNumber: &national}
	return phonenumbers.IsPossibleNumberWithReason(number) == phonenumbers.IS_POSSIBLE
}

// Whatever libphonenumber takes for a valid number of a country, we take as well, and write it the same.
func TestEveryCountrysNumbersAreRead(t *testing.T) {
	t.Parallel()
	regions := []string{}
	for region := range phonenumbers.GetSupportedRegions() {
		regions = append(regions, region)
	}
	slices.Sort(regions)
	for _, region := range regions {
		number := phonenumbers.GetExampleNumberForType(region, phonenumbers.MOBILE)
		if number == nil {
			continue
		}
		want := phonenumbers.Format(number, phonenumbers.E164)
		for _, form := range []phonenumbers.PhoneNumberFormat{phonenumbers.E164, phonenumbers.INTERNATIONAL} {
			written := phonenumbers.Format(number, form)
			if got, ok := E164(written); !ok || got != want {
				t.Errorf("%s: %s is read as %q, want %s", region, written, got, want)
			}
		}
	}
}

func TestNoTextMakesItPanic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number, ok := E164(rapid.String().Draw(t, "text"))
		if again, fine := E164(number); ok && (!fine || again != number) {
			t.Errorf("%q is read as %q", number, again)
		}
	})
}
