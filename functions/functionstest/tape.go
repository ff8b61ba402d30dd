package functionstest

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Tape keeps what a world says and keeps: answers, mails, texts, lines of the log, all that is ever written to the table,
// and what Step Functions keeps of executions. A nil one keeps nothing.
type Tape struct {
	mu   sync.Mutex
	kept []recorded
}

type recorded struct{ where, text string }

// keep keeps values as JSON, and errors and texts as they are.
func (t *Tape) keep(where string, values ...any) {
	if t == nil {
		return
	}
	var texts []string
	for _, value := range values {
		text, err := json.Marshal(value)
		if one, ok := value.(string); ok || err != nil {
			texts = append(texts, one, fmt.Sprint(value))
			continue
		}
		texts = append(texts, unescaped(string(text)))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, recorded{where, strings.Join(texts, "\n")})
}

// unescaped undoes what JSON does to text within text, so that a secret in a body within an event is found as it is.
func unescaped(text string) string {
	return strings.NewReplacer(`\"`, `"`, `\u0026`, "&", `\u003c`, "<", `\u003e`, ">", `\n`, "\n").Replace(text)
}

// writes keeps what a transaction writes.
func (t *Tape) writes(in *dynamodb.TransactWriteItemsInput) {
	if t == nil {
		return
	}
	item := func(of ...map[string]types.AttributeValue) {
		for _, one := range of {
			var value map[string]any
			if err := attributevalue.UnmarshalMap(one, &value); err != nil {
				panic(err)
			}
			t.keep("table", value)
		}
	}
	for _, one := range in.TransactItems {
		if one.Put != nil {
			item(one.Put.Item)
		}
		if one.Update != nil {
			item(one.Update.Key, one.Update.ExpressionAttributeValues)
		}
	}
}

// of is where lines of a kind are written to.
func (t *Tape) of(where string) io.Writer { return tapeWriter{t, where} }

type tapeWriter struct {
	tape  *Tape
	where string
}

func (w tapeWriter) Write(line []byte) (int, error) {
	w.tape.keep(w.where, string(line))
	return len(line), nil
}

// Places lists where a text was said or kept, each place once.
func (t *Tape) Places(text string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var places []string
	seen := map[string]bool{}
	for _, one := range t.kept {
		if strings.Contains(one.text, text) && !seen[one.where] {
			seen[one.where] = true
			places = append(places, one.where)
		}
	}
	return places
}

// Kept counts what was kept, by the first word of where.
func (t *Tape) Kept() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	counts := map[string]int{}
	for _, one := range t.kept {
		word, _, _ := strings.Cut(one.where, " ")
		counts[word]++
	}
	return counts
}
