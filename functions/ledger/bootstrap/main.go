// The ledger function.
package main

import (
	"context"

	"mandate/functions/ledger"
	"mandate/functions/wire"
	"mandate/functions/wire/sealing"
	"mandate/functions/wire/serving"
	"mandate/shared/directory"
)

func main() {
	wire.Start(func(_ context.Context, parts wire.Parts) (any, error) {
		signer, err := sealing.Signer(parts)
		if err != nil {
			return nil, err
		}
		server := serving.New(parts)
		ledger.Register(server, &directory.Ledger{Core: parts.Core, Signer: signer})
		return server.Handler(), nil
	})
}
