package functionstest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/shared/directory"
	"mandate/shared/store"
)

// stream is what the table's would bring. It lies between all clients and the table, below the faults, and reads along in
// what is written. To look through the table for it, whenever something may have moved, costs more than all else together.
type stream struct {
	table http.RoundTripper

	mu      sync.Mutex
	waiting map[string]string // when what is in the outbox came there, by its key
	entries []record          // of logs, that nobody has taken yet
	brought map[string]bool   // entries that there were
	writes  int               // of anything but logs
}

// record is an item, as far as it is of texts: those that are streamed are of nothing else.
type record map[string]struct{ S string }

func (r record) key() (pk, sk string) { return r[store.PartitionKey].S, r[store.SortKey].S }

func newStream(table http.RoundTripper) *stream {
	return &stream{table: table, waiting: map[string]string{}, brought: map[string]bool{}}
}

// RoundTrip does a call.
func (s *stream) RoundTrip(r *http.Request) (*http.Response, error) {
	if call := target(r); call != "TransactWriteItems" && call != "PutItem" {
		return s.table.RoundTrip(r)
	}
	written, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(written))
	answer, err := s.table.RoundTrip(r)
	if err == nil && answer.StatusCode == http.StatusOK {
		err = s.wrote(written)
	}
	return answer, err
}

func (s *stream) wrote(written []byte) error {
	type put struct{ Item record }
	type write struct {
		Put    put
		Delete struct{ Key record }
	}
	var call struct {
		put           // past the store, which a test may do
		TransactItems []write
	}
	if err := json.Unmarshal(written, &call); err != nil {
		return err
	}
	if call.Item != nil {
		call.TransactItems = append(call.TransactItems, write{Put: call.put})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range call.TransactItems {
		pk, sk := one.Put.Item.key()
		if !isLog(pk + " ") {
			s.writes++
		}
		switch {
		case strings.HasSuffix(pk, "#outbox"):
			s.waiting[pk+" "+sk] = one.Put.Item["createdAt"].S
		case strings.HasPrefix(sk, directory.PrefixEntry) && !s.brought[pk+sk]:
			s.brought[pk+sk] = true
			s.entries = append(s.entries, one.Put.Item)
		}
		pk, sk = one.Delete.Key.key()
		delete(s.waiting, pk+" "+sk)
	}
	return nil
}

// written counts what was written, but for logs.
func (s *stream) written() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

// outbox lists the keys of what waits in it, oldest first.
func (s *stream) outbox() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]string, 0, len(s.waiting))
	for key := range s.waiting {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		_, skA, _ := strings.Cut(a, " ")
		_, skB, _ := strings.Cut(b, " ")
		return cmp.Or(cmp.Compare(s.waiting[a], s.waiting[b]), cmp.Compare(skA, skB))
	})
	return keys
}

// take takes the entries of logs that came since it was asked last, oldest first.
func (s *stream) take() []record {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := s.entries
	s.entries = nil
	slices.SortFunc(entries, func(a, b record) int { return cmp.Compare(a[store.SortKey].S, b[store.SortKey].S) })
	return entries
}

// forget leaves out what a test took from the table past the store.
func (s *stream) forget(key map[string]types.AttributeValue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, keyOf(key))
}
