package sns

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"mandate/shared/text"
)

// Sender sends texts. It is safe for concurrent use.
type Sender struct{ client *sns.Client }

// New makes a sender.
func New(client *sns.Client) *Sender { return &Sender{client} }

// Send hands a text over to SNS. Its errors are SNS's own, wrapped.
func (s *Sender) Send(ctx context.Context, t text.Rendered) error {
	_, err := s.client.Publish(ctx, &sns.PublishInput{
		PhoneNumber: &t.To, Message: &t.Body,
		MessageAttributes: map[string]types.MessageAttributeValue{
			"AWS.SNS.SMS.SMSType": {DataType: aws.String("String"), StringValue: aws.String("Transactional")},
		},
	})
	if err != nil {
		return fmt.Errorf("sns: sending a %s: %w", t.Kind, err)
	}
	return nil
}
