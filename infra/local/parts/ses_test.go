package parts_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"mandate/infra/local/parts"
	"mandate/infra/local/parts/partstest"
)

// mail is what GET /store says of one.
type mail struct {
	MessageID   string
	Subject     string
	At          int64
	Destination struct{ To []string }
	Body        struct{ HTML, Text string }
	Headers     []struct{ Name, Value string }
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, response.Status, err)
	}
	return body
}

func inbox(t *testing.T, endpoint string) []mail {
	t.Helper()
	var store struct{ Emails []mail }
	if err := json.Unmarshal(get(t, endpoint+"/store"), &store); err != nil {
		t.Fatal(err)
	}
	return store.Emails
}

func send(t *testing.T, endpoint, subject string) (id string) {
	t.Helper()
	client := sesv2.New(sesv2.Options{Region: parts.DefaultRegion, BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")})
	sent, err := client.SendEmail(t.Context(), &sesv2.SendEmailInput{
		FromEmailAddress: aws.String("Mandate <mandate@example.com>"),
		Destination:      &types.Destination{ToAddresses: []string{"zoë@example.com"}},
		Content: &types.EmailContent{Simple: &types.Message{
			Subject: &types.Content{Data: &subject, Charset: aws.String("UTF-8")},
			Body:    &types.Body{Text: &types.Content{Data: aws.String("Bonjour Zoë")}, Html: &types.Content{Data: aws.String("<p>Bonjour Zoë</p>")}},
			Headers: []types.MessageHeader{{Name: aws.String("X-Mandate-Mail"), Value: aws.String("mail_1")}},
		}},
		ConfigurationSetName: aws.String("mandate"),
		EmailTags:            []types.MessageTag{{Name: aws.String("kind"), Value: aws.String("verification")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return *sent.MessageId
}

func TestInboxSurvivesKill9AndANewRun(t *testing.T) {
	t.Parallel()
	options := parts.Options{DataDir: t.TempDir(), ClockSkew: 336 * time.Hour}
	process, err := partstest.Installation(t).StartSES(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	first := send(t, process.Endpoint(), "Vérifiez votre adresse")

	kill(t, process)
	send(t, process.Endpoint(), "Second")
	if got := inbox(t, process.Endpoint()); len(got) != 2 || got[0].MessageID != first || got[0].Subject != "Vérifiez votre adresse" || got[0].Body.HTML != "<p>Bonjour Zoë</p>" || got[0].Headers[0].Value != "mail_1" {
		t.Fatalf("after kill -9: %+v", got)
	} else if at := time.Unix(got[0].At, 0); time.Until(at) < 335*time.Hour {
		t.Errorf("sent at %v, not by the skewed clock", at)
	}

	process.Close()
	again, err := partstest.Installation(t).StartSES(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Close)
	if got := inbox(t, again.Endpoint()); len(got) != 2 {
		t.Errorf("in a new run: %d mails, want 2", len(got))
	}
}

func TestMailboxIsForPeopleToo(t *testing.T) {
	t.Parallel()
	endpoint := partstest.SES(t)
	id := send(t, endpoint, "To be read")
	if page := string(get(t, endpoint)); !strings.Contains(page, "<html") {
		t.Errorf("no page at the endpoint: %.80s", page)
	}
	if source := string(get(t, endpoint+"/get-emlContent?messageId="+id)); !strings.Contains(source, "To be read") {
		t.Errorf("the mail's source lacks its subject: %.200s", source)
	}
}
