package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"mandate/infra/local/demo"
	"mandate/infra/measure"
	"mandate/shared/directory"
)

// object is a body, written down.
type object = map[string]any

// person is somebody with a session.
type person struct {
	demo.User
	organisation demo.Organisation
	token        string
}

// asks sends a request, and reads the answer's body into something. An answer of another status is a mismatch: what the
// clients ask is known to succeed, but for what they know to be refused.
func (l *load) asks(ctx context.Context, operation string, who person, method, path string, body any, want int, into any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, l.runner.API+path, &sent)
	if err != nil {
		return err
	}
	if who.token != "" {
		request.Header.Set("Authorization", "Bearer "+who.token)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	begun := time.Now()
	response, err := l.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	l.took(operation, time.Since(begun))
	if response.StatusCode != want {
		return fmt.Errorf("%s %s answered %d, not %d: %s", method, path, response.StatusCode, want, answer)
	}
	switch into := into.(type) {
	case nil:
		return nil
	case *[]byte:
		*into = answer
		return nil
	default:
		if err := json.Unmarshal(answer, into); err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		return nil
	}
}

func (l *load) gets(ctx context.Context, operation string, who person, path string, into any) error {
	return l.asks(ctx, operation, who, http.MethodGet, path, nil, http.StatusOK, into)
}

// session has a user signed in.
func (l *load) session(ctx context.Context, organisation demo.Organisation, place int) (person, error) {
	who := person{User: organisation.Users[place], organisation: organisation}
	ref := directory.UserRef{Organisation: directory.OrganisationID(organisation.ID), ID: directory.UserID(who.ID)}
	var err error
	who.token, err = measure.Session(ctx, l.core.Store, ref, l.core.Now())
	return who, err
}

// signsIn goes through the door: password, then code.
func (l *load) signsIn(ctx context.Context, organisation demo.Organisation, place int) (person, error) {
	who := person{User: organisation.Users[place], organisation: organisation}
	var challenged struct {
		Challenge struct{ ID string }
	}
	body := object{"identifier": who.Identifier, "password": who.Password}
	if err := l.asks(ctx, "signIn", who, http.MethodPost, "/v1/sign-in", body, http.StatusOK, &challenged); err != nil {
		return person{}, err
	}
	code, err := measure.Code(ctx, who.TOTPSecret, -1)
	if err != nil {
		return person{}, err
	}
	var signed struct{ Session struct{ Token string } }
	body = object{"challengeId": challenged.Challenge.ID, "method": "totp", "code": code}
	err = l.asks(ctx, "answerChallenge", who, http.MethodPost, "/v1/sign-in/challenge", body, http.StatusOK, &signed)
	who.token = signed.Session.Token
	return who, err
}
