package mailevents_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"mandate/infra/local/mailevents"
)

var now = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// through sends a mail through a door, and answers what the mailbox got, its answer, and the events.
func through(t *testing.T, to string, status int) (got, answer string, told []events.EventBridgeEvent) {
	t.Helper()
	mailbox := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = r.URL.Path + " " + string(body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"MessageId":"id-1"}`)
	}))
	defer mailbox.Close()
	door, err := mailevents.New(mailevents.Options{
		Mailbox: mailbox.URL, Places: mailevents.Places{Region: "eu-west-1", Account: "000000000000"},
		Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Publish: func(event events.EventBridgeEvent) { told = append(told, event) },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(door)
	defer server.Close()
	response, err := http.Post(server.URL+"/v2/email/outbound-emails", "application/json", strings.NewReader(sending(to)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != status {
		t.Fatalf("%s, %v", response.Status, err)
	}
	return got, string(content), told
}

func sending(to string) string {
	return `{"FromEmailAddress":"Mandate <no-reply@example.com>","ConfigurationSetName":"mandate","Destination":{"ToAddresses":["` + to +
		`"]},"Content":{"Simple":{"Subject":{"Data":"Hello"}}},"EmailTags":[{"Name":"user","Value":"usr_1"}]}`
}

func TestTheMailboxGetsWhatWasSent(t *testing.T) {
	t.Parallel()
	got, answer, told := through(t, "nina@example.com", http.StatusOK)
	if want := "/v2/email/outbound-emails " + sending("nina@example.com"); got != want || answer != `{"MessageId":"id-1"}` {
		t.Errorf("got %s, answered %s", got, answer)
	}
	if len(told) != 1 {
		t.Fatalf("%d events", len(told))
	}
	event := told[0]
	var detail struct {
		EventType string
		Mail      struct {
			MessageID   string
			Destination []string
			Tags        map[string][]string
		}
		Delivery struct{ Timestamp time.Time }
	}
	if err := json.Unmarshal(event.Detail, &detail); err != nil {
		t.Fatal(err)
	}
	if event.Source != "aws.ses" || event.DetailType != mailevents.Delivered || detail.EventType != "Delivery" ||
		detail.Mail.MessageID != "id-1" || !cmp.Equal(detail.Mail.Destination, []string{"nina@example.com"}) ||
		!cmp.Equal(detail.Mail.Tags["user"], []string{"usr_1"}) || !cmp.Equal(detail.Mail.Tags["ses:configuration-set"], []string{"mandate"}) ||
		!detail.Delivery.Timestamp.After(now) {
		t.Errorf("%+v %s", event, event.Detail)
	}
}

func TestTheSimulatorsAddressesEndAsTheyAreNamed(t *testing.T) {
	t.Parallel()
	for to, want := range map[string][]string{
		"nina@example.com":                            {"Email Delivered "},
		"bounce@example.com":                          {"Email Delivered "},
		"success@simulator.amazonses.com":             {"Email Delivered "},
		"bounce@simulator.amazonses.com":              {"Email Bounced Permanent General"},
		"Bounce+nina@Simulator.amazonses.com":         {"Email Bounced Permanent General"},
		"suppressionlist+2@simulator.amazonses.com":   {"Email Bounced Permanent Suppressed"},
		"complaint@simulator.amazonses.com":           {"Email Delivered ", "Email Complaint Received "},
		"ooto@simulator.amazonses.com":                {"Email Delivered ", "Email Bounced Transient General"},
		"anything.else.there@simulator.amazonses.com": {"Email Delivered "},
	} {
		_, _, told := through(t, to, http.StatusOK)
		var got []string
		for _, event := range told {
			var detail struct {
				Bounce struct{ BounceType, BounceSubType string }
			}
			if err := json.Unmarshal(event.Detail, &detail); err != nil {
				t.Fatal(err)
			}
			got = append(got, strings.TrimSuffix(event.DetailType+" "+detail.Bounce.BounceType+" "+detail.Bounce.BounceSubType, " "))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", to, diff)
		}
	}
}

func TestAMailThatWasNotTakenIsNotToldOf(t *testing.T) {
	t.Parallel()
	if _, _, told := through(t, "nina@example.com", http.StatusBadRequest); len(told) != 0 {
		t.Errorf("%d events", len(told))
	}
}
