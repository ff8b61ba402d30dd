// The outbox function.
package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"mandate/functions/carry"
	"mandate/functions/outbox"
	"mandate/functions/wire"
	"mandate/functions/wire/sealing"
	"mandate/shared/config"
	"mandate/shared/directory"
)

func main() {
	wire.Start(func(_ context.Context, parts wire.Parts) (any, error) {
		settings, err := config.Load[struct {
			StateMachine string `env:"STATE_MACHINE"`
		}]()
		if err != nil {
			return nil, err
		}
		core, err := sealing.Add(parts)
		if err != nil {
			return nil, err
		}
		carrier := &outbox.Outbox{
			Executions: sfn.NewFromConfig(parts.AWS), StateMachine: settings.StateMachine, Work: &directory.Work{Core: core},
		}
		signer, err := sealing.Signer(parts)
		if err != nil {
			return nil, err
		}
		sealer := &outbox.Sealer{Ledger: &directory.Ledger{Core: core, Signer: signer}, Skew: parts.Skew, Log: parts.Log}
		return sealer.Before(carry.New(parts.Store, carrier.Carry, parts.Log)), nil
	})
}
