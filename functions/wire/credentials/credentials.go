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

func (Passwords) Verify(hash, text string) (ok, rehash bool, err error) {
	return password.Verify(hash, text)
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
type SecondFactors struct{}

var _ directory.SecondFactors = SecondFactors{}

func (SecondFactors) NewSecret() string { return otp.NewSecret() }

func (SecondFactors) URI(issuer, account, secret string) string {
	return otp.URI(issuer, account, secret)
}

func (SecondFactors) QR(uri string) (string, error) { return otp.QR(uri) }

func (SecondFactors) Verify(secret, code string, now time.Time, lastStep int64) (int64, bool) {
	return otp.Verify(secret, code, now, lastStep)
}

func (SecondFactors) NewRecoveryCodes() (plain, hashes []string) { return otp.NewRecoveryCodes() }

func (SecondFactors) MatchRecovery(hashes []string, code string) (int, bool) {
	return otp.Match(hashes, code)
}
