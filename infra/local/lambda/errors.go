package lambda

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

var (
	// ErrThrottled says that no instance was free for the request until its
	// caller's deadline. The function has not seen it.
	ErrThrottled = errors.New("lambda: rate exceeded: every instance is busy")
	// ErrUnknownFunction says that no function has the name.
	ErrUnknownFunction = errors.New("lambda: function not found")
	// ErrPayloadTooLarge says that a request is over Lambda's quota of 6 MB for
	// a synchronous invocation. The function has not seen it.
	ErrPayloadTooLarge = errors.New("lambda: request payload over 6291556 bytes")
	// ErrClosed says that the service was closed before the answer came.
	ErrClosed = errors.New("lambda: service closed")
)

// Types of [FunctionError] that Lambda itself reports. Any other comes from the
// function.
const (
	// TypeExit is a process that ended before it answered.
	TypeExit = "Runtime.ExitError"
	// TypeTimeout is an invocation, or a start, that took too long.
	TypeTimeout = "Sandbox.Timedout"
	// TypeEntrypoint is a binary that cannot be started.
	TypeEntrypoint = "Runtime.InvalidEntrypoint"
	// TypeResponseSize is an answer over Lambda's quota of 6 MB.
	TypeResponseSize = "Function.ResponseSizeTooLarge"
)

// FunctionError is a function that was invoked and failed: what it reported of
// itself, or what Lambda found of it, in AWS's words.
type FunctionError struct {
	Type    string // the errorType
	Message string // the errorMessage
	// Payload is the whole error document, which callers of the Invoke API get
	// as the answer's body.
	Payload json.RawMessage
}

func (e *FunctionError) Error() string {
	return fmt.Sprintf("lambda: function failed: %s: %s", e.Type, e.Message)
}

// report is the error document of the Runtime API and of the Invoke API.
type report struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

// reported reads the error document that a function posted. What is not one is
// passed on as it is, since the Runtime API does not oblige a function to any
// form.
func reported(payload []byte) *FunctionError {
	var r report
	if err := json.Unmarshal(payload, &r); err != nil {
		return found("Runtime.Unknown", string(payload))
	}
	return &FunctionError{Type: r.Type, Message: r.Message, Payload: payload}
}

// found is an error that Lambda itself reports.
func found(kind, message string) *FunctionError {
	payload, err := json.Marshal(report{kind, message})
	if err != nil {
		panic(err) // two strings always marshal
	}
	return &FunctionError{Type: kind, Message: message, Payload: payload}
}

func timedOut(request string, limit time.Duration) *FunctionError {
	return found(TypeTimeout, fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", request, limit.Seconds()))
}

// exited words the end of a process as AWS does. A nil state is a process that
// never started.
func exited(request string, state *os.ProcessState, start error) *FunctionError {
	switch {
	case start != nil:
		return found(TypeEntrypoint, fmt.Sprintf("RequestId: %s Error: %v", request, start))
	case state.Success():
		return found(TypeExit, fmt.Sprintf("RequestId: %s Error: Runtime exited without providing a reason", request))
	default:
		return found(TypeExit, fmt.Sprintf("RequestId: %s Error: Runtime exited with error: %v", request, state))
	}
}
