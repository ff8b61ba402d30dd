package functionstest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mandate/infra/local/parts/sns"
	"mandate/infra/local/runner"
	"mandate/infra/local/walk"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/mail"
	"mandate/shared/store"
)

// Each system's own document, walked promise by promise and in its order, over HTTP against the service as it runs: the
// gateway, each function's own process, the stream, the state machine, the mailbox. One after the other, for time passes
// for all of the service.
func TestTheSystemsDocuments(t *testing.T) {
	t.Parallel()
	service := newRunning(t)
	for _, document := range []struct {
		name string
		walk func(*testing.T, *World)
	}{
		{"bc-connect with another admin's approval", func(t *testing.T, w *World) { walkBCConnect(t, w.Tenant("bc-connect")) }},
		{"bc-connect without approval", func(t *testing.T, w *World) { walkBCConnect(t, w.Tenant("bc-connect", StepUp)) }},
		{"adyen", walkAdyen},
		{"billpro", walkBillPro},
		{"billpro's privileges", walkBillProPrivileges},
		{"b2binpay", walkB2BinPay},
		{"leaseweb in English", func(t *testing.T, w *World) { walkLeaseweb(t, w, "en") }},
		{"leaseweb in French", func(t *testing.T, w *World) { walkLeaseweb(t, w, "fr") }},
	} {
		t.Run(document.name, func(t *testing.T) { document.walk(t, service.world(t)) })
	}
}

// running is a service that runs: all that the local runner brings up.
type running struct {
	*runner.Runner
	core   directory.Core
	mails  *walk.Site
	worlds int
}

// newRunning starts one that ends with the test.
func newRunning(t *testing.T) *running {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	r, err := runner.Start(t.Context(), runner.Options{Root: root, Leisure: time.Minute, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	core, err := r.Core()
	if err != nil {
		t.Fatal(err)
	}
	return &running{Runner: r, core: core, mails: walk.At(r.API, r.Mailbox, 0)}
}

// world is a test's way to it: organisations are seeded into its table, as the local runner's own are, and whatever is done
// goes over HTTP.
func (r *running) world(t *testing.T) *World {
	t.Helper()
	r.worlds++
	w := &World{
		t: t, casts: casts(), Core: r.core, Client: &Client{table: r.Table, bare: dynamodb.NewFromConfig(config(r.DynamoDB))},
		Mails: &Mails{in: func() []mail.Rendered { return r.mailed(t) }}, Texts: Texts{Messages: func() []sns.Message { return r.texted(t) }},
		serial: 1000 * r.worlds, // names of all worlds are in one table
	}
	w.Store = store.New(w.Client.bare, w.Client.table)
	w.aside = w.Store
	w.site = site{r, w}
	return w
}

// mailed is what is in the mailbox.
func (r *running) mailed(t *testing.T) []mail.Rendered {
	t.Helper()
	var all []mail.Rendered
	for _, one := range r.mails.Walk(t).Mails() {
		all = append(all, mail.Rendered{Key: one.Key, Kind: kindOf(t, one.Subject), To: one.To, Subject: one.Subject, HTML: one.HTML, Text: one.Text})
	}
	return all
}

// kindOf finds a mail's kind by its subject, as the texts have it.
func kindOf(t *testing.T, subject string) mail.Kind {
	t.Helper()
	for _, language := range []string{"en", "fr"} {
		content, err := os.ReadFile("../../shared/mail/texts/" + language + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]json.RawMessage
		if err := json.Unmarshal(content, &texts); err != nil {
			t.Fatal(err)
		}
		for kind, content := range texts {
			var parts map[string]any
			if json.Unmarshal(content, &parts) != nil {
				continue
			}
			for part, text := range parts {
				if name, _, _ := strings.Cut(part, "@"); name != "subject" {
					continue
				}
				if begins, _, _ := strings.Cut(text.(string), "{{"); strings.HasPrefix(subject, begins) {
					return mail.Kind(kind)
				}
			}
		}
	}
	t.Fatalf("no kind of mail has the subject %q", subject)
	return ""
}

// texted are the text messages that were caught.
func (r *running) texted(t *testing.T) []sns.Message {
	t.Helper()
	return walk.Read[struct{ Items []sns.Message }](r.mails.Walk(t).Do(http.MethodGet, "/local/messages", nil), http.StatusOK).Items
}

// site is a world's running service.
type site struct {
	*running
	world *World
}

// do sends what would be the gateway's event as the request that it is made of.
func (s site) do(declared api.Endpoint, event event) (Answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), walk.Patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, declared.Method, s.API+event.RawPath, strings.NewReader(event.Body))
	if err != nil {
		return Answer{}, err
	}
	request.URL.RawQuery = event.RawQueryString
	request.Header.Set("User-Agent", event.RequestContext.HTTP.UserAgent)
	for name, value := range event.Headers {
		request.Header.Set(name, value)
	}
	for _, cookie := range event.Cookies {
		request.Header.Add("Cookie", cookie)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	header := map[string]string{}
	for name := range response.Header {
		header[name] = response.Header.Get(name)
	}
	return Answer{declared.ID, response.StatusCode, header, response.Header.Values("Set-Cookie"), string(body)}, err
}

func (s site) now() time.Time { return s.core.Now() }

func (s site) advance(by time.Duration) error {
	response, err := http.Post(s.API+"/local/clock", "application/json", strings.NewReader(fmt.Sprintf(`{"advance": %q}`, by)))
	if err == nil {
		err = response.Body.Close()
	}
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("the clock: %s", response.Status)
	}
	return err
}

// settle waits until nothing is on its way: the outbox is empty, and no change waits for a time that has come. It looks
// twice, because a look takes time: what a change wrote into the outbox while the first went over it, the second finds.
func (s site) settle() error {
	ctx, cancel := context.WithTimeout(context.Background(), walk.Patience)
	defer cancel()
	for quiet := 0; ; {
		moving, err := s.moving(ctx)
		if err != nil {
			return err
		}
		if quiet++; moving != "" {
			quiet = 0
		} else if quiet == 2 {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("still on its way after %v: %s", walk.Patience, moving)
		}
	}
}

// moving is something that is on its way; empty where nothing is.
func (s site) moving(ctx context.Context) (string, error) {
	var want directory.Want
	for _, item := range s.world.items() {
		var key struct{ PK, SK string }
		if err := attributevalue.UnmarshalMap(item, &key); err != nil {
			return "", err
		}
		if strings.HasSuffix(key.PK, "#outbox") {
			return key.PK + " " + key.SK, nil
		}
		if id, ok := strings.CutPrefix(key.SK, "c#"); ok {
			want.Changes = append(want.Changes, directory.ChangeRef{Organisation: directory.OrganisationID(strings.TrimPrefix(key.PK, "o#")), ID: directory.ChangeID(id)})
		}
	}
	found, err := s.core.Store.Read(ctx, want)
	for _, change := range found.Changes {
		if change.State == directory.StatePropagating && !change.EffectiveAt.After(s.now()) {
			return string(change.ID), err
		}
	}
	return "", err
}
