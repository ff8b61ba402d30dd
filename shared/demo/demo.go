// Package demo has the secrets of the demo users that the local runner makes. They are in the README for everyone to
// read, so every function refuses them, unless it was started by the local runner.
package demo

// Password of every demo user.
const Password = "demo-only-never-elsewhere"

// TOTPSecret of every demo user that has a second factor, in base32 (RFC 4648).
const TOTPSecret = "MANDATEDEMOONLYMANDATEDEMOONLY22"

// ClientSecret of every demo API user.
const ClientSecret = "demo-client-secret-never-elsewhere-0000000000"

// Known tells whether a secret is a demo's.
func Known(secret string) bool {
	return secret == Password || secret == TOTPSecret || secret == ClientSecret
}
