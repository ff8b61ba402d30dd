package outage

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"

	"mandate/shared/fault"
)

// Told is the error of a call to one of AWS's services, with fault.ErrUnavailable in it where it passes by itself.
func Told(err error) error {
	var broken *smithy.DeserializationError
	if err == nil || !errors.As(err, &broken) &&
		retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) != aws.TrueTernary &&
		retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) != aws.TrueTernary {
		return err
	}
	return fmt.Errorf("%w: %w", fault.ErrUnavailable, err)
}
