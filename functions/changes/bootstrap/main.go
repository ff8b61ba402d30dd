// The changes function.
package main

import (
	"context"

	"mandate/functions/changes"
	"mandate/functions/wire"
	"mandate/functions/wire/credentials"
	"mandate/functions/wire/passkeys"
	"mandate/functions/wire/sealing"
	"mandate/functions/wire/serving"
	"mandate/shared/directory"
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
		changes.Register(server, &directory.Changes{Core: core, SecondFactors: credentials.SecondFactors{Skew: parts.Skew}, Passkeys: party})
		return server.Handler(), nil
	})
}
