package httpapi

import (
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Handler is the server as Lambda calls it, with an event and its answer as JSON ([lambda.Handler]).
//
// Decision: not the server's own Invoke, though aws-lambda-go would take it. That reads events with encoding/json and
// calls through reflection, which alone was a tenth of what a bare handler takes.
type Handler struct{ server *Server }

// Handler answers events in JSON with the server's operations.
func (s *Server) Handler() Handler { return Handler{s} }

// Events are the gateway's own writing, and need no proof: what a client says comes to it as text. Broken UTF-8 becomes
// U+FFFD, as with encoding/json.
var eventOptions = jsonv2.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))

// Invoke answers one event. Its error is that the payload is no event of the gateway's.
func (h Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var event events.APIGatewayV2HTTPRequest
	if err := jsonv2.Unmarshal(payload, &event, eventOptions); err != nil {
		return nil, fmt.Errorf("httpapi: no event of the gateway: %w", err)
	}
	answer, err := h.server.Invoke(ctx, event)
	if err != nil {
		return nil, err
	}
	return jsonv2.Marshal(answer)
}
