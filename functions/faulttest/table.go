package faulttest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// What a table in the cloud does and DynamoDB Local never does.

// object is one of JSON, of which only a part is looked at.
type object map[string]json.RawMessage

// read reads what was written by a client or by the table.
func read[T any](text []byte) (value T) {
	if err := json.Unmarshal(text, &value); err != nil {
		panic(err)
	}
	return value
}

func written(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}

// answered is an answer of the table's.
func answered(status int, value any) *http.Response {
	text := written(value)
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(bytes.NewReader(text)), ContentLength: int64(len(text)),
	}
}

// partly asks the table for less than the client does: for one item of a page, for half of a batch.
func partly(call string, body []byte, ask func(body []byte) (*http.Response, error)) (*http.Response, error) {
	asked := read[object](body)
	switch call {
	case "Query":
		asked["Limit"] = []byte("1")
		return ask(written(asked))
	case "BatchGetItem":
		now, left := read[map[string]object](asked["RequestItems"]), read[map[string]object](asked["RequestItems"])
		for table := range now {
			keys := read[[]json.RawMessage](now[table]["Keys"])
			some := len(keys) / 2
			left[table]["Keys"] = written(keys[some:])
			if now[table]["Keys"] = written(keys[:some]); some == 0 {
				delete(now, table)
			}
		}
		answer := object{"Responses": []byte("{}")}
		if len(now) > 0 {
			asked["RequestItems"] = written(now)
			response, err := ask(written(asked))
			if err != nil || response.StatusCode != http.StatusOK {
				return response, err
			}
			text, err := io.ReadAll(response.Body)
			if err != nil {
				return nil, err
			}
			answer = read[object](text)
		}
		answer["UnprocessedKeys"] = written(left)
		return answered(http.StatusOK, answer), nil
	}
	return ask(body)
}

// met is what the table answers to a transaction that met another at its last item.
func met(body []byte) *http.Response {
	items := read[[]object](read[object](body)["TransactItems"])
	reasons := make([]map[string]string, len(items))
	for i := range reasons {
		reasons[i] = map[string]string{"Code": "None"}
	}
	reasons[len(reasons)-1] = map[string]string{"Code": "TransactionConflict"}
	return answered(http.StatusBadRequest, map[string]any{
		"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "CancellationReasons": reasons,
	})
}

// ofIndex tells whether a query is of an index, which follows the table later.
func ofIndex(call string, body []byte) bool {
	return call == "Query" && bytes.Contains(body, []byte(`"IndexName":`))
}

// indexed keeps what an index answers, and is behind where it is to be: it answers what it did to the same query before, or
// knows nothing yet.
func (l *Layer) indexed(body []byte, behind bool, ask func() (*http.Response, error)) (*http.Response, error) {
	query := string(body)
	l.mu.Lock()
	before, known := l.answers[query]
	l.mu.Unlock()
	if behind && !known {
		return answered(http.StatusOK, map[string]any{"Items": []any{}, "Count": 0, "ScannedCount": 0}), nil
	}
	if behind {
		return answered(http.StatusOK, before), nil
	}
	response, err := ask()
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(text))
	l.mu.Lock()
	l.answers[query] = text
	l.mu.Unlock()
	return response, nil
}

// resized is a request with another body.
func resized(r *http.Request, body []byte) *http.Request {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return r
}
