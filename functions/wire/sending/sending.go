package sending

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// Client is the SDK's own HTTP client, for clients of one or more services.
func Client() aws.HTTPClient { return whole{awshttp.NewBuildableClient()} }

// Whole is a client whose requests have bodies of their own.
func Whole(client aws.HTTPClient) aws.HTTPClient { return whole{client} }

type whole struct{ aws.HTTPClient }

func (w whole) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.ContentLength <= 0 {
		return w.HTTPClient.Do(r)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)
	if err := errors.Join(err, r.Body.Close()); err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return w.HTTPClient.Do(r)
}
