// The mailer function. It sends texts as well: DynamoDB lets two functions read a stream, and the outbox function, which is
// the other, should not have to do with what is told to people.
package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"

	"mandate/functions/carry"
	"mandate/functions/mailer"
	"mandate/functions/texter"
	"mandate/functions/wire"
	"mandate/functions/wire/sealing"
	"mandate/shared/config"
	"mandate/shared/directory"
	"mandate/shared/mail/ses"
	"mandate/shared/text/sns"
	"mandate/shared/words"
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
		mails := &mailer.Mailer{Core: core, Sender: sender, Words: words.New(), ConsoleURL: settings.ConsoleURL, Log: parts.Log}
		texts := &texter.Texter{
			Sealer: core.Sealer, Sender: sns.New(awssns.NewFromConfig(parts.AWS)), Now: core.Now, Log: parts.Log,
		}
		carrier := carry.ByKind(map[directory.OutboxKind]carry.Carrier{
			directory.OutboxMail: mails.Carry, directory.OutboxText: texts.Carry,
		})
		return carry.New(parts.Store, carrier, parts.Log), nil
	})
}
