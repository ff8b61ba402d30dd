package sending

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// early is a service that has answered before the transport has looked for the end of what it was sent.
type early struct{ sent *http.Request }

func (e *early) Do(r *http.Request) (*http.Response, error) {
	e.sent = r
	answer := httptest.NewRecorder()
	answer.WriteString(`{"TableNames":[]}`)
	return answer.Result(), nil
}

// What the SDK sends is not closed while the transport has still to do with it.
func TestABodyIsTheRequestsOwn(t *testing.T) {
	t.Parallel()
	service := &early{}
	client := dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), HTTPClient: Whole(service),
	})
	if _, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{Limit: aws.Int32(5)}); err != nil {
		t.Fatal(err)
	}
	var sent bytes.Buffer
	if _, err := io.Copy(&sent, service.sent.Body); err != nil || sent.String() != `{"Limit":5}` {
		t.Errorf("sent %q, %v", &sent, err)
	}
}

// hanging is a service that never answers the first request.
type hanging struct{ tries int }

func (h *hanging) Do(r *http.Request) (*http.Response, error) {
	if h.tries++; h.tries == 1 {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return new(early).Do(r)
}

// What hangs leaves time to be tried again.
func TestATryHasItsShareOfTheTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &hanging{}
		client := dynamodb.New(dynamodb.Options{
			Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), HTTPClient: Whole(service),
		})
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		began := time.Now()
		if _, err := client.ListTables(ctx, &dynamodb.ListTablesInput{Limit: aws.Int32(5)}); err != nil || service.tries != 2 {
			t.Errorf("%d tries, %v", service.tries, err)
		}
		if took := time.Since(began); took < 3*time.Second || took > 5*time.Second {
			t.Errorf("it took %v of 9 s", took)
		}
	})
}

// A request without a body, goes as it is; of one that breaks off nothing goes.
func TestOtherBodies(t *testing.T) {
	t.Parallel()
	if _, err := Whole(&early{}).Do(&http.Request{}); err != nil {
		t.Error(err)
	}
	broken := &http.Request{Body: io.NopCloser(strings.NewReader("short")), ContentLength: 10}
	if _, err := Whole(&early{}).Do(broken); err == nil {
		t.Error("half a body was sent")
	}
}
