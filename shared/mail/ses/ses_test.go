package ses_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/google/go-cmp/cmp"

	"mandate/infra/local/parts/partstest"
	"mandate/shared/mail"
	"mandate/shared/mail/ses"
)

func client(endpoint string) *sesv2.Client {
	return sesv2.New(sesv2.Options{
		Region:           "eu-west-1",
		BaseEndpoint:     &endpoint,
		Credentials:      credentials.NewStaticCredentialsProvider("local", "local", ""),
		RetryMaxAttempts: 1,
	})
}

func sender(t *testing.T, endpoint string) *ses.Sender {
	t.Helper()
	s, err := ses.New(client(endpoint), ses.Config{
		From: "Mandate <no-reply@example.com>", ConfigurationSet: "mandate",
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func rendered(t *testing.T, key string) mail.Rendered {
	t.Helper()
	m, err := mail.Render(mail.Message{
		Key: key, Kind: mail.Verification, Language: "fr-CA",
		To: "zoe@northwind.example.com", Name: "Zoé",
		Data: mail.Data{
			Organisation: "Société Générique", Actor: "Grace Hopper",
			Link: "https://portal.example.com/links#token=t0ken", ValidFor: 14 * 24 * time.Hour,
			ExpiresAt: time.Date(2026, time.November, 21, 19, 32, 0, 0, time.UTC),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// 4.6: what arrives is what was rendered, accents included, with the headers
// that tell it from its repetition and keep responders quiet.
func TestAMailArrivesAsItWasRendered(t *testing.T) {
	t.Parallel()
	endpoint := partstest.SES(t)
	m := rendered(t, "mail_"+t.Name())
	id, err := sender(t, endpoint).Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}

	got := stored(t, endpoint, id)
	want := storedMail{
		MessageID: id,
		From:      "Mandate <no-reply@example.com>",
		Subject:   "Confirmez votre adresse e-mail pour Société Générique",
		Headers: []storedHeader{
			{"X-Mandate-Mail", "mail_TestAMailArrivesAsItWasRendered"},
			{"Auto-Submitted", "auto-generated"},
		},
	}
	want.Destination.To = []string{"zoe@northwind.example.com"}
	want.Body.HTML, want.Body.Text = m.HTML, m.Text
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the inbox holds something else (-want +got):\n%s", diff)
	}
}

type storedHeader struct{ Name, Value string }

type storedMail struct {
	MessageID   string
	From        string
	Destination struct{ To []string }
	Subject     string
	Body        struct{ HTML, Text string }
	Headers     []storedHeader
}

// stored reads one mail back out of the inbox.
func stored(t *testing.T, endpoint, id string) storedMail {
	t.Helper()
	response, err := http.Get(endpoint + "/store")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var inbox struct{ Emails []storedMail }
	if err := json.NewDecoder(response.Body).Decode(&inbox); err != nil {
		t.Fatal(err)
	}
	for _, m := range inbox.Emails {
		if m.MessageID == id {
			return m
		}
	}
	t.Fatalf("no mail %s in the inbox", id)
	return storedMail{}
}

// The local inbox keeps neither tags, charset nor configuration set, so what goes
// over the wire is looked at here.
func TestARequestNamesCharsetConfigurationSetAndKind(t *testing.T) {
	t.Parallel()
	bodies := make(chan []byte, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- body
		_, _ = io.WriteString(w, `{"MessageId":"id-1"}`)
	}))
	defer server.Close()
	tagged := rendered(t, "mail_1")
	tagged.Tags = map[string]string{"user": "usr_1", "link": "lnk_1"}
	id, err := sender(t, server.URL).Send(t.Context(), tagged)
	if err != nil || id != "id-1" {
		t.Fatalf("Send answered %q, %v", id, err)
	}

	type text struct{ Charset string }
	type request struct {
		ConfigurationSetName string
		EmailTags            []struct{ Name, Value string }
		Content              struct {
			Simple struct {
				Subject text
				Body    struct{ HTML, Text text }
			}
		}
	}
	var got, want request
	if err := json.Unmarshal(<-bodies, &got); err != nil {
		t.Fatal(err)
	}
	want.ConfigurationSetName = "mandate"
	want.EmailTags = []struct{ Name, Value string }{{"kind", "verification"}, {"link", "lnk_1"}, {"user", "usr_1"}}
	want.Content.Simple.Subject.Charset = "UTF-8"
	want.Content.Simple.Body.HTML.Charset = "UTF-8"
	want.Content.Simple.Body.Text.Charset = "UTF-8"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the request differs (-want +got):\n%s", diff)
	}
}

// The caller can tell SES's errors apart, and which mail they are about.
func TestAnErrorKeepsItsCauseAndNamesTheMail(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-ErrorType", "MessageRejected")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"message":"Email address is not verified."}`)
	}))
	defer server.Close()
	_, err := sender(t, server.URL).Send(t.Context(), rendered(t, "mail_2"))
	var rejected *types.MessageRejected
	if !errors.As(err, &rejected) || !strings.Contains(err.Error(), "mail_2") {
		t.Errorf("Send answered %v", err)
	}
}

// A function that runs out of time does not wait for SES.
func TestSendingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice a client that leaves
		close(arrived)
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if _, err := sender(t, server.URL).Send(ctx, rendered(t, "mail_3")); !errors.Is(err, context.Canceled) {
		t.Errorf("Send answered %v", err)
	}
}

func TestAMissingSettingIsNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		names  string
		client *sesv2.Client
		config ses.Config
	}{
		{"client", nil, ses.Config{From: "no-reply@example.com", ConfigurationSet: "mandate"}},
		{"From", client("http://127.0.0.1"), ses.Config{ConfigurationSet: "mandate"}},
		{"From", client("http://127.0.0.1"), ses.Config{From: "no reply", ConfigurationSet: "mandate"}},
		{"ConfigurationSet", client("http://127.0.0.1"), ses.Config{From: "no-reply@example.com"}},
	} {
		if _, err := ses.New(test.client, test.config); err == nil || !strings.Contains(err.Error(), test.names) {
			t.Errorf("%+v: want an error that names %s, got %v", test.config, test.names, err)
		}
	}
}
