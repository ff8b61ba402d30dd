// The access function.
package main

import (
	"context"

	"mandate/functions/access"
	"mandate/functions/wire"
	"mandate/functions/wire/serving"
	"mandate/shared/directory"
)

func main() {
	wire.Start(func(_ context.Context, parts wire.Parts) (any, error) {
		server := serving.New(parts)
		access.Register(server, &directory.Evaluator{Core: parts.Core})
		return server.Handler(), nil
	})
}
