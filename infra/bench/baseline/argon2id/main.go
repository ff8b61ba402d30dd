// A function that verifies a password and does nothing else: the floor of a sign-in.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"mandate/shared/password"
)

// order says how many verifications an event asks for: many at once, so that what an event costs does not count.
type order struct {
	Times int `json:"times"`
}

func main() {
	lambda.Start(func(o order) error {
		for range o.Times {
			password.VerifyNothing("correct horse battery staple")
		}
		return nil
	})
}
