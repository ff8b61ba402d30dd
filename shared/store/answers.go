package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/go-json-experiment/json/jsontext"
)

// Answers is an option of the SDK's client: it reads the answers that lists and reads get in one go.
//
// The SDK makes a tree of an answer's JSON with encoding/json, and of that the output: a third of the CPU of a page of 50
// users. What the table ordinarily answers, items of texts and numbers, is read here into the same output; all else, be it
// an error, an answer of another form or broken, is handed to the SDK as it came. So there is nothing that this has to
// know but how the ordinary looks.
//
// What an answer was read into is read into again: its texts are copies. To have it anew for each answer, and grow it where
// the length is not said, was a quarter of what a page allocates.
func Answers(o *dynamodb.Options) {
	buffers := &sync.Pool{New: func() any { return new(bytes.Buffer) }}
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error { return readAnswers(stack, buffers) })
}

// keptAtMost bounds what is kept to be read into again, in bytes: a page of DynamoDB's.
const keptAtMost = 1 << 20

func readAnswers(stack *middleware.Stack, buffers *sync.Pool) error {
	var read func(*answer) any
	switch stack.ID() {
	case "BatchGetItem":
		read = (*answer).batch
	case "Query":
		read = (*answer).page
	default:
		return nil
	}
	const deserializer = "OperationDeserializer"
	sdk, ok := stack.Deserialize.Get(deserializer)
	if !ok {
		return errors.New("store: the SDK has another name for what reads its answers")
	}
	_, err := stack.Deserialize.Swap(deserializer, answers{sdk, read, buffers})
	return err
}

// answers stands in for the SDK's reading of an operation's answers.
type answers struct {
	middleware.DeserializeMiddleware
	read    func(*answer) any
	buffers *sync.Pool
}

func (a answers) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	if err == nil && ok && response.StatusCode == http.StatusOK {
		body := a.buffers.Get().(*bytes.Buffer)
		body.Reset()
		body.Grow(int(max(response.ContentLength, 0)) + bytes.MinRead)
		_, broken := body.ReadFrom(response.Body)
		if broken == nil {
			one := newAnswer(body.Bytes())
			if out.Result = a.read(one); one.whole() {
				smithyhttp.CloseResponseBody(ctx, response, false, nil)
				if body.Cap() <= keptAtMost {
					a.buffers.Put(body)
				}
				return out, metadata, nil
			}
			out.Result = nil
		}
		response.Body = again{io.MultiReader(body, failing{broken}), response.Body}
	}
	read := func(context.Context, middleware.DeserializeInput) (middleware.DeserializeOutput, middleware.Metadata, error) {
		return out, metadata, err
	}
	return a.DeserializeMiddleware.HandleDeserialize(ctx, in, middleware.DeserializeHandlerFunc(read))
}

// again is a body that was read, and is to be read once more.
type again struct {
	io.Reader
	io.Closer
}

// failing is the end of what could be read: why it ended, or nothing.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

// answer is one that is being read. Where it is not as ordinary it is odd, and nothing more is read of it.
type answer struct {
	*jsontext.Decoder
	odd   bool
	names map[string]string // that are in it, each made once
}

func newAnswer(body []byte) *answer {
	// A name that comes twice counts as the SDK has it: the last does.
	return &answer{Decoder: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true)), names: make(map[string]string, 16)}
}

// whole tells whether all of it was read.
func (a *answer) whole() bool {
	if a.odd {
		return false
	}
	_, err := a.ReadToken()
	return err == io.EOF
}

// batch reads the answer to a BatchGetItem that left no keys unread.
func (a *answer) batch() any {
	output := &dynamodb.BatchGetItemOutput{}
	a.object(func(name string) {
		switch name {
		case "Responses":
			output.Responses = make(map[string][]item, 1)
			a.object(func(table string) { output.Responses[table] = a.items() })
		case "UnprocessedKeys":
			output.UnprocessedKeys = map[string]types.KeysAndAttributes{}
			a.object(func(string) { a.odd = true })
		default:
			a.odd = true
		}
	})
	return output
}

// page reads the answer to a Query.
func (a *answer) page() any {
	output := &dynamodb.QueryOutput{}
	a.object(func(name string) {
		switch name {
		case "Items":
			output.Items = a.items()
		case "Count":
			output.Count = a.count()
		case "ScannedCount":
			output.ScannedCount = a.count()
		case "LastEvaluatedKey":
			output.LastEvaluatedKey = a.item()
		default:
			a.odd = true
		}
	})
	return output
}

func (a *answer) items() []item {
	items := []item{}
	a.take('[')
	for !a.odd && a.PeekKind() == '{' {
		items = append(items, a.item())
	}
	a.take(']')
	return items
}

func (a *answer) item() item {
	attributes := make(item, 8)
	a.object(func(name string) { attributes[name] = a.attribute() })
	return attributes
}

func (a *answer) attribute() (value types.AttributeValue) {
	a.object(func(kind string) {
		switch written := a.take('"'); {
		case value == nil && kind == "S":
			value = text(written)
		case value == nil && kind == "N":
			value = &types.AttributeValueMemberN{Value: written}
		default:
			a.odd = true
		}
	})
	return value
}

func (a *answer) count() int32 {
	count, err := strconv.ParseInt(a.take('0'), 10, 32)
	a.odd = a.odd || err != nil
	return int32(count)
}

// object reads an object by its members: each reads what is by the name.
func (a *answer) object(each func(name string)) {
	a.take('{')
	for !a.odd && a.PeekKind() == '"' {
		each(a.name())
	}
	a.take('}')
}

// name reads the name of a member.
func (a *answer) name() string {
	written, err := a.ReadValue()
	if err != nil || bytes.IndexByte(written, '\\') >= 0 {
		a.odd = true
		return ""
	}
	written = written[1 : len(written)-1]
	name, known := a.names[string(written)]
	if !known {
		name = string(written)
		a.names[name] = name
	}
	return name
}

// take reads what must come next, and answers a text or a number as it is written.
func (a *answer) take(kind jsontext.Kind) string {
	if a.odd {
		return ""
	}
	token, err := a.ReadToken()
	if err != nil || token.Kind() != kind {
		a.odd = true
		return ""
	}
	return token.String()
}
