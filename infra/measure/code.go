package measure

import (
	"context"
	"time"

	"mandate/shared/otp"
)

// Code is the one-time code of this half minute, or of one so many ahead. At the end of this one it waits for the next, or
// for the context's end: the code before would be too old by the time that it is looked at.
func Code(ctx context.Context, secret string, ahead int) (string, error) {
	now := time.Now()
	if left := now.Truncate(otp.Period).Add(otp.Period).Sub(now); left < otp.Period/5 {
		select {
		case <-time.After(left):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	return otp.Code(secret, time.Now().Add(time.Duration(ahead)*otp.Period))
}
