package httpapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"strconv"
	"strings"
	"unicode/utf8"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mandate/shared/api"
	"mandate/shared/fault"
)

const jsonType = "application/json"

// maxDepth bounds how deep a body may nest, in values.
const maxDepth = 32

// readBody takes the body from the event, and refuses one that is no JSON or may be read in more than one way.
func (x *exchange) readBody() error {
	if x.event.Body == "" {
		if x.route.needs {
			return refuse(malformed, violation{field: wholeBody, text: "required"})
		}
		return nil
	}
	if !isJSON(x.field("Content-Type")) {
		return refuse(unsupportedMediaType, violation{field: "Content-Type", text: "mediaType"})
	}
	if coding := x.field("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return refuse(unsupportedMediaType, violation{field: "Content-Encoding", text: "contentCoding"})
	}
	body, err := x.rawBody()
	if err != nil {
		return err
	}
	if err := wellFormed(body); err != nil {
		return err
	}
	if !x.route.body {
		return nothingIn(body)
	}
	x.body = body
	return nil
}

// isJSON tells whether a Content-Type field is application/json, in UTF-8 where it says.
func isJSON(field string) bool {
	if field == jsonType {
		return true
	}
	mediaType, parameters, err := mime.ParseMediaType(field)
	if err != nil || mediaType != jsonType {
		return false
	}
	for name, value := range parameters {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return false
		}
	}
	return true
}

func (x *exchange) rawBody() ([]byte, error) {
	body, longest := []byte(x.event.Body), api.MaxBody
	if x.event.IsBase64Encoded {
		longest = base64.StdEncoding.EncodedLen(api.MaxBody)
	}
	if len(body) <= longest && x.event.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.AppendDecode(nil, body); err != nil {
			return nil, refuse(malformed, violation{field: wholeBody, text: "base64"})
		}
	}
	if len(body) > api.MaxBody {
		return nil, refuse(tooLarge, violation{field: wholeBody, text: "maxBytes", limit: strconv.Itoa(api.MaxBody)})
	}
	return body, nil
}

// wellFormed refuses what is not one JSON text (RFC 8259) in UTF-8, with each name once in its object (as in RFC 7493,
// 2.3), nested no deeper than maxDepth.
func wellFormed(body []byte) error {
	if !utf8.Valid(body) {
		return refuse(malformed, violation{field: wholeBody, text: "utf8"})
	}
	decoder := jsontext.NewDecoder(bytes.NewBuffer(body))
	for {
		token, err := decoder.ReadToken()
		if err != nil {
			return syntaxError(err, decoder.InputOffset())
		}
		if token.Kind() == '0' {
			if _, err := token.Float(); err != nil { // 1e999 is JSON, and no number that can be held
				return refuse(fault.Invalid, violation{field: pointerPath(decoder.StackPointer()), text: "type.number"})
			}
		}
		switch depth := decoder.StackDepth(); {
		case depth > maxDepth:
			return refuse(malformed, violation{field: wholeBody, text: "depth", limit: strconv.Itoa(maxDepth)})
		case depth == 0:
			end := decoder.InputOffset()
			if rest := bytes.TrimLeft(body[end:], " \t\r\n"); len(rest) > 0 {
				return notJSON(int64(len(body) - len(rest)))
			}
			return nil
		}
	}
}

// syntaxError tells where a body stops being JSON, or which name it says twice.
func syntaxError(err error, offset int64) error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		if errors.Is(syntax.Err, jsontext.ErrDuplicateName) {
			return refuse(malformed, violation{field: pointerPath(syntax.JSONPointer), text: "duplicate"})
		}
		offset = syntax.ByteOffset
	}
	return notJSON(offset)
}

func notJSON(offset int64) error {
	return refuse(malformed, violation{field: wholeBody, text: "json", limit: strconv.FormatInt(offset, 10)})
}

// pointerPath writes a JSON pointer (RFC 6901) as the API names fields: "/accounts/2/name" is "accounts[2].name".
func pointerPath(pointer jsontext.Pointer) string {
	if pointer == "" {
		return wholeBody
	}
	var path strings.Builder
	for name := range pointer.Tokens() {
		if _, err := strconv.ParseUint(name, 10, 32); err == nil {
			path.WriteString("[" + name + "]")
			continue
		}
		if path.Len() > 0 {
			path.WriteByte('.')
		}
		path.WriteString(name)
	}
	return fieldName(path.String())
}

// nothingIn refuses what is said to an operation that takes no body. An empty object says nothing.
func nothingIn(body []byte) error {
	var names map[string]json.RawMessage
	if err := json.Unmarshal(body, &names); err != nil || names == nil {
		return refuse(fault.Invalid, violation{field: wholeBody, text: "type.object"})
	}
	var broken violations
	for name := range names {
		broken.add(name, "unknown", "")
	}
	if len(broken) > 0 {
		return refuse(fault.Invalid, broken...)
	}
	return nil
}

// marshal writes an output, the same for the same, and ends the line for those who read it in a terminal. Nothing is
// escaped for HTML: answers are not embedded in pages.
func marshal(w io.Writer, value any) error {
	if err := jsonv2.MarshalWrite(w, value, jsonv2.Deterministic(true)); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// marshalTable writes a list as CSV. What is no list is an error of the library's, which is taken out and told as a
// problem.
func marshalTable(w io.Writer, value any) error {
	if list, ok := value.(interface{ WriteTable(io.Writer) error }); ok {
		return list.WriteTable(w)
	}
	return nil
}

// unmarshal reads a well-formed body, for the library: once as a tree to validate, then into the input. It takes names
// as they are written, where encoding/json takes "Owner" for "owner": in an object that is open to other members, that
// would let the one overwrite the other.
func unmarshal(data []byte, value any) error {
	if err := jsonv2.Unmarshal(data, value); err != nil {
		var mistyped *jsonv2.SemanticError
		if errors.As(err, &mistyped) && mistyped.JSONPointer != "" {
			return fmt.Errorf(undecodable, pointerPath(mistyped.JSONPointer))
		}
		return fmt.Errorf(undecodable, "")
	}
	if tree, ok := value.(*any); ok {
		guardTree(*tree)
	}
	return nil
}

// The library builds a field's path in a buffer, and goes back by looking for the last dot or bracket: a name that holds
// one leaves it lost, and later errors under wrong names. So such names are validated under a guise, taken off by
// fieldPath. No operation declares a name with either, which a test of package api holds.
var (
	guard   = strings.NewReplacer(".", "\uE000", "[", "\uE001")
	unguard = strings.NewReplacer("\uE000", ".", "\uE001", "[")
)

// null is one in an object, while the tree is validated. The library takes a null for absence wherever a member may be
// absent, so that who empties a field with it would be told that it is done, and nothing would be.
type null struct{}

func guardTree(tree any) {
	switch node := tree.(type) {
	case []any:
		for _, item := range node {
			guardTree(item)
		}
	case map[string]any:
		var guarded []string
		for name, item := range node {
			if item == nil {
				node[name] = null{}
			}
			guardTree(item)
			if strings.ContainsAny(name, ".[") {
				guarded = append(guarded, name)
			}
		}
		for _, name := range guarded {
			node[guard.Replace(name)] = node[name]
			delete(node, name)
		}
	}
}
