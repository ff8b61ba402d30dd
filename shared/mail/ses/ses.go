package ses

import (
	"context"
	"errors"
	"fmt"
	"maps"
	netmail "net/mail"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"mandate/shared/mail"
)

const (
	// KeyHeader is the header that carries the mail's key.
	KeyHeader = "X-Mandate-Mail"
	// KindTag is the message tag that carries the mail's kind.
	KindTag = "kind"

	charset = "UTF-8"
)

// Config is what sending needs to know. Every field is required.
type Config struct {
	// From is the sender, an address that SES has verified, with or without a
	// name: "Mandate <no-reply@example.com>" (mailbox, RFC 5322).
	From string
	// ConfigurationSet is the name of the SES configuration set whose events
	// report deliveries, bounces and complaints.
	ConfigurationSet string
}

// A Sender sends mails. It is safe for concurrent use.
type Sender struct {
	client *sesv2.Client
	config Config
}

// New answers a sender, or an error that names the field of c that is missing or
// malformed.
func New(client *sesv2.Client, c Config) (*Sender, error) {
	if client == nil {
		return nil, errors.New("ses: client is missing")
	}
	if _, err := netmail.ParseAddress(c.From); err != nil {
		return nil, fmt.Errorf("ses: From: %w", err)
	}
	if c.ConfigurationSet == "" {
		return nil, errors.New("ses: ConfigurationSet is missing")
	}
	return &Sender{client, c}, nil
}

// Send hands the mail over to SES and answers the message id that SES gave it.
// An error leaves open whether the mail was sent; sending it again is right, and
// at worst shows the same [KeyHeader] twice.
func (s *Sender) Send(ctx context.Context, m mail.Rendered) (messageID string, err error) {
	out, err := s.client.SendEmail(ctx, &sesv2.SendEmailInput{
		FromEmailAddress:     &s.config.From,
		ConfigurationSetName: &s.config.ConfigurationSet,
		Destination:          &types.Destination{ToAddresses: []string{m.To}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: content(m.Subject),
			Body:    &types.Body{Html: content(m.HTML), Text: content(m.Text)},
			Headers: []types.MessageHeader{
				{Name: aws.String(KeyHeader), Value: &m.Key},
				{Name: aws.String("Auto-Submitted"), Value: aws.String("auto-generated")},
			},
		}},
		EmailTags: tags(m),
	})
	if err != nil {
		return "", fmt.Errorf("ses: sending %s: %w", m.Key, err)
	}
	return aws.ToString(out.MessageId), nil
}

// tags are the mail's own after its kind, in the order of their names.
func tags(m mail.Rendered) []types.MessageTag {
	all := []types.MessageTag{{Name: aws.String(KindTag), Value: aws.String(string(m.Kind))}}
	for _, name := range slices.Sorted(maps.Keys(m.Tags)) {
		all = append(all, types.MessageTag{Name: &name, Value: aws.String(m.Tags[name])})
	}
	return all
}

func content(text string) *types.Content {
	return &types.Content{Data: &text, Charset: aws.String(charset)}
}
