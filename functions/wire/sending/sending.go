package sending

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// Client is the SDK's own HTTP client, for clients of one or more services.
func Client() aws.HTTPClient { return whole{awshttp.NewBuildableClient()} }

// Whole is a client whose requests have bodies of their own, and their share of the time that there is.
func Whole(client aws.HTTPClient) aws.HTTPClient { return whole{client} }

type whole struct{ aws.HTTPClient }

const (
	// share of the time that is left is a try's: as many as the SDK makes fit into it.
	share = 3
	// mostly is what a try gets however much is left. No service that is called here takes as long.
	mostly = 5 * time.Second
)

func (w whole) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.ContentLength > 0 {
		body := make([]byte, r.ContentLength)
		_, err := io.ReadFull(r.Body, body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	deadline, ends := r.Context().Deadline()
	if !ends {
		return w.HTTPClient.Do(r)
	}
	ctx, cancel := context.WithTimeout(r.Context(), min(time.Until(deadline)/share, mostly))
	response, err := w.HTTPClient.Do(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	response.Body = ending{response.Body, cancel}
	return response, nil
}

// ending is an answer's body, at whose end nothing is waited for any more.
type ending struct {
	io.ReadCloser
	end context.CancelFunc
}

func (e ending) Close() error {
	defer e.end()
	return e.ReadCloser.Close()
}
