// The workflow function.
package main

import (
	"context"

	"mandate/functions/wire"
	"mandate/functions/wire/sealing"
	"mandate/functions/workflow"
	"mandate/shared/directory"
)

func main() {
	wire.Start(func(_ context.Context, parts wire.Parts) (any, error) {
		core, err := sealing.Add(parts)
		if err != nil {
			return nil, err
		}
		return workflow.New(&directory.Work{Core: core}), nil
	})
}
