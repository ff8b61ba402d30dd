package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Settings are what differs between two deployments. Each is a key of CDK's context, so `-c sender=…` on the command
// line overrides cdk.json.
type Settings struct {
	// Sender is who mails come from ("sender"): an address, with or without a name before it. Its domain becomes an
	// SES identity, to be verified through the DNS records among the stack's outputs.
	Sender mail.Address
	// ConsoleURL is where mailed links lead ("consoleUrl"): https, without a slash at its end.
	ConsoleURL string
	// AlarmEmail is told of alarms ("alarmEmail"); empty for nobody.
	AlarmEmail string
	// Edge is what stands before the API ("edge"): "none", or "cloudfront", whose headers then say where a caller is.
	// Set it only where nobody reaches the API past CloudFront: whoever does could write these headers themselves.
	Edge string
	// RequestsPerSecond ("requestsPerSecond") and Burst ("burst") bound what the API takes from everyone together;
	// beyond them it answers 429. They protect the account's Lambda concurrency and the bill, not fairness.
	RequestsPerSecond int
	Burst             int
	// Domain is the API's own ("domainName", "certificateArn"); empty for the gateway's. MutualTLS is beside it for API
	// users with certificates ("mutualTlsDomainName", "mutualTlsCertificateArn", "truststore", "truststoreVersion"); empty
	// for none.
	Domain    Domain
	MutualTLS MutualTLS
	// RestoredStream ("restoredTableStream") is the ARN of the stream of a table that was restored from a backup, which then
	// takes the stack's own table's place (see RUNBOOK.md); empty for the stack's own.
	RestoredStream string
}

// Context reads the context of a cdk.json. The CLI passes it to the app by itself; without the CLI the app reads it, so
// that both synthesise the same template.
func Context(file string) (map[string]any, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var config struct {
		Context map[string]any `json:"context"`
	}
	if err := json.Unmarshal(content, &config); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return config.Context, nil
}

// ReadSettings takes the settings from CDK's context. It fails with everything that is missing or wrong, each by the
// name of its key.
func ReadSettings(context func(key string) any) (Settings, error) {
	var s Settings
	err := errors.Join(
		setting(context, "sender", func(value string) error {
			address, err := mail.ParseAddress(value)
			if err == nil {
				s.Sender = *address
			}
			return err
		}),
		setting(context, "consoleUrl", func(value string) (err error) {
			s.ConsoleURL, err = value, checkConsoleURL(value)
			return err
		}),
		setting(context, "edge", func(value string) error {
			if value != "none" && value != "cloudfront" {
				return errors.New("must be none or cloudfront")
			}
			s.Edge = value
			return nil
		}),
		setting(context, "requestsPerSecond", func(value string) (err error) {
			s.RequestsPerSecond, err = positive(value)
			return err
		}),
		setting(context, "burst", func(value string) (err error) {
			s.Burst, err = positive(value)
			return err
		}),
	)
	if given(context, "alarmEmail") {
		err = errors.Join(err, setting(context, "alarmEmail", func(value string) error {
			address, err := mail.ParseAddress(value)
			if err == nil {
				s.AlarmEmail = address.Address
			}
			return err
		}))
	}
	if given(context, "restoredTableStream") {
		err = errors.Join(err, shaped(context, "restoredTableStream", &s.RestoredStream, streamForm))
	}
	return s, errors.Join(err, s.readDomains(context))
}

func given(context func(string) any, key string) bool {
	return context(key) != nil && context(key) != ""
}

// shaped reads a setting that has a form.
func shaped(context func(string) any, key string, into *string, form *regexp.Regexp) error {
	return setting(context, key, func(value string) error {
		if !form.MatchString(value) {
			return fmt.Errorf("is not of the form %s", form)
		}
		*into = value
		return nil
	})
}

// readDomains reads the settings of domains, of which those that belong together come together.
func (s *Settings) readDomains(context func(string) any) error {
	group := []struct {
		key  string
		into *string
		form *regexp.Regexp
	}{
		{"domainName", &s.Domain.Name, domainForm},
		{"certificateArn", &s.Domain.Certificate, certificateForm},
		{"mutualTlsDomainName", &s.MutualTLS.Name, domainForm},
		{"mutualTlsCertificateArn", &s.MutualTLS.Certificate, certificateForm},
		{"truststore", &s.MutualTLS.Truststore, truststoreForm},
		{"truststoreVersion", &s.MutualTLS.TruststoreVersion, versionForm},
	}
	given := func(key string) bool { return given(context, key) }
	needed := map[string]bool{}
	if given("domainName") || given("certificateArn") || given("mutualTlsDomainName") {
		needed["domainName"], needed["certificateArn"] = true, true
	}
	if given("mutualTlsDomainName") || given("mutualTlsCertificateArn") || given("truststore") || given("truststoreVersion") {
		needed["mutualTlsDomainName"], needed["mutualTlsCertificateArn"], needed["truststore"] = true, true, true
	}
	var errs []error
	for _, one := range group {
		if !needed[one.key] && !given(one.key) {
			continue
		}
		errs = append(errs, shaped(context, one.key, one.into, one.form))
	}
	return errors.Join(errs...)
}

var (
	domainForm      = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$`)
	certificateForm = regexp.MustCompile(`^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$`)
	truststoreForm  = regexp.MustCompile(`^s3://[a-z0-9][a-z0-9.-]+/.+$`)
	streamForm      = regexp.MustCompile(`^(arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[A-Za-z0-9_.-]+)/stream/[0-9T:.-]+$`)
	versionForm     = regexp.MustCompile(`^\S+$`)
)

// setting hands a key's value to parse, as text: numbers are numbers in cdk.json and text on the command line.
func setting(context func(string) any, key string, parse func(string) error) error {
	value := context(key)
	if value == nil || value == "" {
		return fmt.Errorf("%s is missing: set it in the context of cdk.json or with -c %s=…", key, key)
	}
	text := fmt.Sprint(value)
	if err := parse(text); err != nil {
		return fmt.Errorf("%s %q: %w", key, text, err)
	}
	return nil
}

func positive(value string) (int, error) {
	number, err := strconv.Atoi(value)
	if err != nil || number < 1 {
		return 0, errors.New("must be a whole number above 0")
	}
	return number, nil
}

func checkConsoleURL(value string) error {
	address, err := url.Parse(value)
	switch {
	case err != nil:
		return err
	case address.Scheme != "https", address.Host == "", address.User != nil,
		address.RawQuery != "", address.Fragment != "", strings.HasSuffix(value, "/"):
		return errors.New("must be https://host[/path] without a slash at its end")
	}
	return nil
}

// domain is the sender's, which SES verifies.
func (s Settings) domain() string {
	return s.Sender.Address[strings.LastIndexByte(s.Sender.Address, '@')+1:]
}

// examples names the settings that are still cdk.json's: addresses reserved for documentation (RFC 2606), at which
// nothing can be sent, received or opened.
func (s Settings) examples() []string {
	console, err := url.Parse(s.ConsoleURL)
	if err != nil {
		return []string{"consoleUrl"}
	}
	var names []string
	for _, setting := range []struct{ name, domain string }{{"sender", s.domain()}, {"consoleUrl", console.Hostname()}} {
		domain := "." + strings.ToLower(setting.domain)
		for _, reserved := range []string{".example.com", ".example.net", ".example.org", ".example"} {
			if strings.HasSuffix(domain, reserved) {
				names = append(names, setting.name)
			}
		}
	}
	return names
}
