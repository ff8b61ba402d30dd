// Package phones fits the reading of phone numbers to the directory's port.
package phones

import (
	"github.com/nyaruka/phonenumbers"

	"mandate/shared/directory"
)

// Phones reads numbers in international form, and none in a national one: there is no country to guess from.
type Phones struct{}

var _ directory.Phones = Phones{}

// E164 is the number in the form of E.164; false where it is none (8.2).
func (Phones) E164(number string) (string, bool) {
	parsed, err := phonenumbers.Parse(number, "ZZ")
	if err != nil || !phonenumbers.IsValidNumber(parsed) {
		return "", false
	}
	return phonenumbers.Format(parsed, phonenumbers.E164), true
}
