// The mailer function.
package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"mandate/functions/carry"
	"mandate/functions/mailer"
	"mandate/functions/wire"
	"mandate/functions/wire/sealing"
	"mandate/shared/config"
	"mandate/shared/mail/ses"
)

func main() {
	wire.Start(func(_ context.Context, parts wire.Parts) (any, error) {
		settings, err := config.Load[struct {
			Sender           string `env:"SENDER"`
			ConfigurationSet string `env:"CONFIGURATION_SET"`
			ConsoleURL       string `env:"CONSOLE_URL"`
		}]()
		if err != nil {
			return nil, err
		}
		core, err := sealing.Add(parts)
		if err != nil {
			return nil, err
		}
		sender, err := ses.New(sesv2.NewFromConfig(parts.AWS), ses.Config{
			From: settings.Sender, ConfigurationSet: settings.ConfigurationSet,
		})
		if err != nil {
			return nil, err
		}
		carrier := &mailer.Mailer{Store: parts.Store, Sealer: core.Sealer, Sender: sender, ConsoleURL: settings.ConsoleURL}
		return carry.New(parts.Store, carrier.Carry, parts.Log), nil
	})
}
