// The users function.
package main

import (
	"context"

	"mandate/functions/users"
	"mandate/functions/wire"
	"mandate/functions/wire/credentials"
	"mandate/functions/wire/passkeys"
	"mandate/functions/wire/sealing"
	"mandate/functions/wire/serving"
	"mandate/shared/certificate"
	"mandate/shared/directory"
	"mandate/shared/phone"
)

func main() {
	wire.Start(func(_ context.Context, parts wire.Parts) (any, error) {
		core, err := sealing.Add(parts)
		if err != nil {
			return nil, err
		}
		party, err := passkeys.New()
		if err != nil {
			return nil, err
		}
		server := serving.New(parts)
		users.Register(server, &directory.Users{
			Core: core, Phones: phone.E164, Certificates: certificate.Read,
			SecondFactors: credentials.SecondFactors{Skew: parts.Skew}, Passkeys: party,
		})
		return server.Handler(), nil
	})
}
