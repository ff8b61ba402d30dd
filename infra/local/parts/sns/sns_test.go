package sns_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"mandate/infra/local/parts/sns"
	"mandate/shared/text"
	sender "mandate/shared/text/sns"
)

var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

func start(t *testing.T) (*sns.SNS, *awssns.Client) {
	t.Helper()
	service := sns.New(func() time.Time { return noon })
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	return service, awssns.New(awssns.Options{
		Region: "eu-west-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
}

// What is caught is what the sender sent, accents included.
func TestATextIsCaughtAsItWasSent(t *testing.T) {
	t.Parallel()
	service, client := start(t)
	if got := service.Messages(); got == nil || len(got) != 0 {
		t.Errorf("at first there is %v", got)
	}
	for _, body := range []string{"048213 : votre code & plus + é", "and another"} {
		if err := sender.New(client).Send(t.Context(), text.Rendered{Kind: text.PhoneCode, To: "+442079460123", Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	want := []sns.Message{
		{To: "+442079460123", Text: "048213 : votre code & plus + é", At: noon}, {To: "+442079460123", Text: "and another", At: noon},
	}
	if diff := cmp.Diff(want, service.Messages()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestWhatAWSRefusesIsRefused(t *testing.T) {
	t.Parallel()
	service, client := start(t)
	publish := func(in awssns.PublishInput) error {
		_, err := client.Publish(t.Context(), &in)
		return err
	}
	phone, words := aws.String("+442079460123"), aws.String("words")
	_, other := client.ListTopics(t.Context(), &awssns.ListTopicsInput{})
	for what, test := range map[string]struct {
		err  error
		code string
	}{
		"no phone":       {publish(awssns.PublishInput{Message: words}), "InvalidParameter"},
		"no number":      {publish(awssns.PublishInput{Message: words, PhoneNumber: aws.String("020 7946 0123")}), "InvalidParameter"},
		"no words":       {publish(awssns.PublishInput{Message: aws.String(""), PhoneNumber: phone}), "InvalidParameter"},
		"too many words": {publish(awssns.PublishInput{Message: aws.String(strings.Repeat("é", 1601)), PhoneNumber: phone}), "InvalidParameter"},
		"a topic":        {publish(awssns.PublishInput{Message: words, TopicArn: aws.String("arn:aws:sns:eu-west-1:000000000000:alarms")}), "NotFound"},
		"another call":   {other, "InvalidAction"},
	} {
		var refused smithy.APIError
		if !errors.As(test.err, &refused) || refused.ErrorCode() != test.code {
			t.Errorf("%s: %v, want %s", what, test.err, test.code)
		}
	}
	if got := service.Messages(); len(got) > 0 {
		t.Errorf("caught %v", got)
	}
}

// The runner may run for weeks.
func TestTheOldestMessagesGo(t *testing.T) {
	t.Parallel()
	service, client := start(t)
	for range 1001 {
		if err := sender.New(client).Send(t.Context(), text.Rendered{To: "+442079460123", Body: "words"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(service.Messages()); got != 1000 {
		t.Errorf("%d are kept", got)
	}
}
