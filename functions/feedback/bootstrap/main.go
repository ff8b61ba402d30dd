// The feedback function.
package main

import (
	"context"

	"mandate/functions/feedback"
	"mandate/functions/wire"
	"mandate/shared/directory"
)

func main() {
	wire.Start(func(_ context.Context, parts wire.Parts) (any, error) {
		return feedback.New(&directory.Work{Core: parts.Core}, parts.Log), nil
	})
}
