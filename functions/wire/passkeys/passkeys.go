// Package passkeys makes the console WebAuthn's relying party, for the functions that verify passkeys. It is a package of
// its own so that no other function links WebAuthn.
package passkeys

import (
	"mandate/shared/config"
	"mandate/shared/passkey"
)

// New reads where the console is. A missing CONSOLE_URL is an error by name.
func New() (*passkey.Passkeys, error) {
	settings, err := config.Load[struct {
		ConsoleURL string `env:"CONSOLE_URL"`
	}]()
	if err != nil {
		return nil, err
	}
	return passkey.New(settings.ConsoleURL)
}
