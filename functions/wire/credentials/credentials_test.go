package credentials

import (
	"testing"
	"time"

	"mandate/shared/demo"
	"mandate/shared/otp"
)

func TestUnderASkewedClockTheCodesOfARealAuthenticatorPass(t *testing.T) {
	t.Parallel()
	secret, real := otp.NewSecret(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const skew = 336 * time.Hour
	for _, at := range []time.Time{real, real.Add(skew)} {
		code, err := otp.Code(secret, at)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := (SecondFactors{Skew: skew}).Verify(secret, code, real.Add(skew), 0); !ok {
			t.Errorf("the code of %s is refused", at)
		}
	}
	code, err := otp.Code(secret, real)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := (SecondFactors{}).Verify(secret, code, real.Add(skew), 0); ok {
		t.Error("without a skew, a code two weeks old passes")
	}
}

func TestTheDemosPasswordIsRefusedUnlessItIsLetIn(t *testing.T) {
	t.Parallel()
	strict := Passwords{Admits: func(secret string) bool { return !demo.Known(secret) }}
	lenient := Passwords{Admits: func(string) bool { return true }}
	hash, err := strict.Hash(demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _, _ := strict.Verify(hash, demo.Password); ok {
		t.Error("it signs in")
	}
	if len(strict.Problems(demo.Password, true, nil)) == 0 {
		t.Error("it can be chosen")
	}
	if ok, _, _ := lenient.Verify(hash, demo.Password); !ok {
		t.Error("the local runner does not let it in")
	}
}
