// Package credentials fits passwords and second factors to the directory's ports.
package credentials

import (
	"time"

	"mandate/shared/directory"
	"mandate/shared/otp"
	"mandate/shared/password"
)

// Passwords hashes and judges passwords. It admits not all that are right: see directory.Core.
type Passwords struct{ Admits func(secret string) bool }

var _ directory.Passwords = Passwords{}

func (Passwords) Hash(text string) (string, error) { return password.Hash(text) }

func (p Passwords) Verify(hash, text string) (ok, rehash bool, err error) {
	ok, rehash, err = password.Verify(hash, text)
	return ok && p.Admits(text), rehash, err
}

func (Passwords) VerifyNothing(text string) { password.VerifyNothing(text) }

func (p Passwords) Problems(text string, withSecondFactor bool, context []string) []string {
	rules := password.Rules{MinLength: password.MinAlone, Context: append(context, "mandate")}
	if withSecondFactor {
		rules.MinLength = password.MinWithSecondFactor
	}
	var problems []string
	if !p.Admits(text) {
		problems = append(problems, string(password.Common))
	}
	for _, problem := range password.Check(text, rules) {
		problems = append(problems, string(problem))
	}
	return problems
}

// SecondFactors verifies one-time passwords.
type SecondFactors struct {
	// Skew is how far the service's clock was set ahead. An authenticator app knows nothing of that: where there is a
	// skew, codes of the real time pass as well.
	Skew time.Duration
}

var _ directory.SecondFactors = SecondFactors{}

func (SecondFactors) NewSecret() string { return otp.NewSecret() }

func (SecondFactors) URI(issuer, account, secret string) string {
	return otp.URI(issuer, account, secret)
}

func (SecondFactors) QR(uri string) (string, error) { return otp.QR(uri) }

func (f SecondFactors) Verify(secret, code string, now time.Time, lastStep int64) (int64, bool) {
	if step, ok := otp.Verify(secret, code, now, lastStep); ok || f.Skew == 0 {
		return step, ok
	}
	return otp.Verify(secret, code, now.Add(-f.Skew), lastStep)
}

func (SecondFactors) NewRecoveryCodes() (plain, hashes []string) { return otp.NewRecoveryCodes() }

func (SecondFactors) MatchRecovery(hashes []string, code string) (int, bool) {
	return otp.Match(hashes, code)
}
