// The texter function.
package main

import (
	"context"

	awssns "github.com/aws/aws-sdk-go-v2/service/sns"

	"mandate/functions/carry"
	"mandate/functions/texter"
	"mandate/functions/wire"
	"mandate/functions/wire/sealing"
	"mandate/shared/text/sns"
)

func main() {
	wire.Start(func(_ context.Context, parts wire.Parts) (any, error) {
		core, err := sealing.Add(parts)
		if err != nil {
			return nil, err
		}
		carrier := &texter.Texter{
			Sealer: core.Sealer, Sender: sns.New(awssns.NewFromConfig(parts.AWS)), Now: core.Now, Log: parts.Log,
		}
		return carry.New(parts.Store, carrier.Carry, parts.Log), nil
	})
}
