package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// answer is a function's answer, in the terms of HTTP.
type answer struct {
	status  int
	headers map[string]string
	cookies []string
	body    []byte
}

// read takes a function's response for an answer, as payload format 2.0 has it.
// It fails on what API Gateway answers with 500 for.
func read(response []byte) (answer, error) {
	if !json.Valid(response) {
		return answer{}, errors.New("the response is not JSON")
	}
	var structured struct {
		StatusCode      *int              `json:"statusCode"`
		Headers         map[string]string `json:"headers"`
		Cookies         []string          `json:"cookies"`
		Body            string            `json:"body"`
		IsBase64Encoded bool              `json:"isBase64Encoded"`
	}
	if !hasStatus(response) {
		return inferred(response), nil
	}
	if err := json.Unmarshal(response, &structured); err != nil {
		return answer{}, fmt.Errorf("the response is malformed: %w", err)
	}
	if structured.StatusCode == nil || *structured.StatusCode < 200 || *structured.StatusCode > 599 {
		return answer{}, errors.New("the response's statusCode is not one of an answer")
	}
	body := []byte(structured.Body)
	if structured.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(structured.Body)
		if err != nil {
			return answer{}, fmt.Errorf("the response's body is not base64: %w", err)
		}
		body = decoded
	}
	return answer{*structured.StatusCode, structured.Headers, structured.Cookies, body}, nil
}

func hasStatus(response []byte) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(response, &fields) != nil {
		return false // valid, but no object
	}
	_, ok := fields["statusCode"]
	return ok
}

// inferred is what API Gateway makes of a response without a statusCode: a 200
// with the response as its body, a string without its quotes.
func inferred(response []byte) answer {
	body := bytes.TrimSpace(response)
	var text string
	if json.Unmarshal(response, &text) == nil && body[0] == '"' {
		body = []byte(text)
	}
	return answer{http.StatusOK, map[string]string{"content-type": "application/json"}, nil, body}
}

// message is an answer of the gateway's own.
func message(status int, text string) answer {
	body, err := json.Marshal(struct {
		Message string `json:"message"`
	}{text})
	if err != nil {
		panic(err) // a string always marshals
	}
	return answer{status, map[string]string{"content-type": "application/json"}, nil, body}
}

// write sends the answer.
func (a answer) write(w http.ResponseWriter, id string) {
	h := w.Header()
	for name, value := range a.headers {
		if name = http.CanonicalHeaderKey(name); !hopByHop[name] && name != "Content-Length" {
			h.Set(name, value)
		}
	}
	for _, cookie := range a.cookies {
		h.Add("Set-Cookie", cookie)
	}
	h.Set("Apigw-Requestid", id)
	if h.Get("Content-Type") == "" {
		h["Content-Type"] = nil // net/http must not guess
		if len(a.body) > 0 {
			h.Set("Content-Type", "text/plain;charset=utf-8")
		}
	}
	w.WriteHeader(a.status)
	w.Write(a.body) // a client that has left needs no answer; HEAD, 204 and 304 have no body
}
