// The sweep function.
package main

import (
	"context"

	"mandate/functions/sweep"
	"mandate/functions/wire"
	"mandate/functions/wire/sealing"
	"mandate/shared/directory"
)

func main() {
	wire.Start(func(_ context.Context, parts wire.Parts) (any, error) {
		core, err := sealing.Add(parts)
		if err != nil {
			return nil, err
		}
		return sweep.New(&directory.Work{Core: core}, parts.Log), nil
	})
}
