package outage

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"mandate/shared/fault"
)

// Told is an option of the SDK's clients, among their APIOptions: it puts fault.ErrUnavailable into the error of every call
// that went wrong for what passes by itself.
func Told(stack *middleware.Stack) error {
	return stack.Initialize.Add(telling{}, middleware.Before)
}

// telling is the outermost of an operation's steps: the tries are behind it.
type telling struct{}

// ID is the step's name among the SDK's.
func (telling) ID() string { return "TellOutages" }

// HandleInitialize makes the call, and looks what became of it.
func (telling) HandleInitialize(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
	middleware.InitializeOutput, middleware.Metadata, error,
) {
	out, metadata, err := next.HandleInitialize(ctx, in)
	if err != nil && passes(err) {
		err = fmt.Errorf("%w: %w", fault.ErrUnavailable, err)
	}
	return out, metadata, err
}

// passes tells whether what a call failed of passes by itself.
func passes(err error) bool {
	var broken *smithy.DeserializationError
	return errors.As(err, &broken) ||
		retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary ||
		retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) == aws.TrueTernary
}
