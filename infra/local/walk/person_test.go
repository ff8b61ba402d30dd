package walk

import (
	"testing"
	"time"

	"mandate/shared/otp"
)

// RFC 6238, 5.2: no code passes twice. Whoever asks an app three times gets three codes that are good one after the
// other, on whichever walk.
func TestAnAppNeverShowsACodeTwice(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 12, 0, 5, 0, time.UTC)
	site := At("", "", 0)
	site.clock = func() time.Time { return now }
	secret, used := "MANDATEWALKERSONLYMANDATEWALKERS", int64(0)
	for i := range 3 {
		person := site.Walk(t).Person(DemoUser{Identifier: "ada@example.com", TOTPSecret: secret})
		step, ok := otp.Verify(secret, person.Code(), now, used)
		if !ok {
			t.Fatalf("code %d is refused", i+1)
		}
		used = step
	}
}
