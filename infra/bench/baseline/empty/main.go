// A function that does nothing: what a start, and an event, cost at least.
package main

import "github.com/aws/aws-lambda-go/lambda"

func main() { lambda.Start(func() error { return nil }) }
