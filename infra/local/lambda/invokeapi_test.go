package lambda_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestInvokeAPI(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(start(t, function("echo"), function("fail")).InvokeAPI())
	t.Cleanup(server.Close)
	for name, c := range map[string]struct {
		function, kind, body string
		status               int
		functionError        string
		exception            string
		contains             string
	}{
		"by name":        {function: "echo", body: `{"a":1}`, status: 200, contains: `"Event":{"a":1}`},
		"by ARN":         {function: "arn:aws:lambda:eu-central-1:000000000000:function:echo", body: `{}`, status: 200, contains: `"PID":`},
		"by ARN:version": {function: "arn:aws:lambda:eu-central-1:000000000000:function:echo:$LATEST", body: `{}`, status: 200, contains: `"PID":`},
		"by partial ARN": {function: "000000000000:function:echo", body: `{}`, status: 200, contains: `"PID":`},
		"no payload":     {function: "echo", status: 200, contains: `"Event":{}`},
		"function error": {function: "fail", body: `{}`, status: 200, functionError: "Unhandled", contains: `"errorMessage":"no such luck"`},
		"dry run":        {function: "echo", kind: "DryRun", body: `{}`, status: 204},
		"unknown":        {function: "nobody", body: `{}`, status: 404, exception: "ResourceNotFoundException"},
		"not JSON":       {function: "echo", body: `{`, status: 400, exception: "InvalidRequestContentException"},
		"unknown type":   {function: "echo", kind: "Later", body: `{}`, status: 400, exception: "InvalidParameterValueException"},
		"too large":      {function: "echo", body: `"` + strings.Repeat("x", 7<<20) + `"`, status: 413, exception: "RequestTooLargeException"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/2015-03-31/functions/"+url.PathEscape(c.function)+"/invocations", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.kind != "" {
				req.Header.Set("X-Amz-Invocation-Type", c.kind)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != c.status {
				t.Errorf("status %d, want %d: %s", resp.StatusCode, c.status, body)
			}
			if got := resp.Header.Get("X-Amz-Function-Error"); got != c.functionError {
				t.Errorf("X-Amz-Function-Error %q, want %q", got, c.functionError)
			}
			if got := resp.Header.Get("X-Amzn-ErrorType"); got != c.exception {
				t.Errorf("exception %q, want %q", got, c.exception)
			}
			if !strings.Contains(string(body), c.contains) {
				t.Errorf("body %s lacks %s", body, c.contains)
			}
			if len(body) > 0 && !json.Valid(body) {
				t.Errorf("body %s is not JSON", body)
			}
		})
	}
}

func TestInvokeAPIEventAnswersBeforeTheFunction(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	server := httptest.NewServer(start(t, g.held()).InvokeAPI())
	t.Cleanup(server.Close)
	req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/2015-03-31/functions/hold/invocations", strings.NewReader(`"later"`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Invocation-Type", "Event")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		t.Errorf("status %d, want 202", resp.StatusCode)
	}
	if a := <-g.arrived; a.event != "later" {
		t.Errorf("event %q", a.event)
	}
}
