// The reviews function.
package main

import (
	"context"

	"mandate/functions/reviews"
	"mandate/functions/wire"
	"mandate/functions/wire/serving"
	"mandate/shared/directory"
)

func main() {
	wire.Start(func(_ context.Context, parts wire.Parts) (any, error) {
		server := serving.New(parts)
		reviews.Register(server, &directory.Reviews{Core: parts.Core})
		return server.Handler(), nil
	})
}
