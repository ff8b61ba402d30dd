package mailer_test

import (
	"slices"
	"testing"

	"mandate/shared/directory"
	"mandate/shared/mail"
)

// 3.12: whatever a change is and alters, its mails have words for it.
func TestMailsHaveWordsForEveryActAndField(t *testing.T) {
	t.Parallel()
	acts, err := mail.Acts()
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range directory.Acts() {
		if !slices.Contains(acts, string(act)) {
			t.Errorf("the mails have no words for the act %s", act)
		}
	}
	fields, err := mail.Fields()
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range directory.Fields() {
		if !slices.Contains(fields, field) {
			t.Errorf("the mails have no words for the field %s", field)
		}
	}
}
