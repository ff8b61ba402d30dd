package directory

import "testing"

// 1.11: whatever an operator makes of the stages meanwhile, nobody passes one by.
func TestTheStageThatFollows(t *testing.T) {
	t.Parallel()
	email, phone, kyc := StatusEmailNotVerified, StatusPhoneNotVerified, StatusKYCNotVerified
	for _, test := range []struct {
		stages       []Status
		passed, want Status
	}{
		{nil, "", StatusActive},
		{[]Status{email}, "", email},
		{[]Status{email}, email, StatusActive},
		{[]Status{email, phone, kyc}, email, phone},
		{[]Status{email, phone, kyc}, phone, kyc},
		{[]Status{email, phone, kyc}, kyc, StatusActive},
		{[]Status{email, kyc}, phone, kyc}, // the phone's was taken off meanwhile
		{[]Status{kyc, phone, email}, "", email},
		{[]Status{phone}, email, phone}, // the e-mail's was
	} {
		if got := nextStage(Settings{Onboarding: test.stages}, User{}, test.passed); got != test.want {
			t.Errorf("of %v, %q is followed by %q, want %q", test.stages, test.passed, got, test.want)
		}
	}
}
