// Prints the one-time code of a TOTP secret, for the walk in the README:
//
//	go run ./infra/local/totp SECRET          the code of this half minute
//	go run ./infra/local/totp SECRET -1       of the one before, +1 of the one after
//
// A code is good once, and the service takes those of the half minutes next to this one too: so three are at hand. Late in
// a half minute the one before it would be too old by the time that it is looked at: then the next half minute is waited for.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"mandate/shared/otp"
)

// onTheWay is how long a code must still be good.
const onTheWay = 10 * time.Second

func main() {
	code, err := code(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "totp:", err)
		os.Exit(1)
	}
	fmt.Println(code)
}

func code(arguments []string) (string, error) {
	if len(arguments) == 0 || len(arguments) > 2 {
		return "", fmt.Errorf("give a secret, and perhaps how many half minutes to go ahead")
	}
	ahead := 0
	if len(arguments) == 2 {
		var err error
		if ahead, err = strconv.Atoi(arguments[1]); err != nil {
			return "", err
		}
	}
	now := time.Now()
	if left := now.Truncate(otp.Period).Add(otp.Period).Sub(now); ahead < 0 && left < onTheWay {
		time.Sleep(left)
	}
	return otp.Code(arguments[0], time.Now().Add(time.Duration(ahead)*otp.Period))
}
