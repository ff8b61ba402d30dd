// The console function.
package main

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"mandate/functions/console"
)

// It does without package wire: there is nothing to put together, and no right to read anything.
func main() {
	site, err := console.Built()
	if err != nil {
		slog.New(slog.NewJSONHandler(os.Stderr, nil)).Error("cannot start", "error", err)
		os.Exit(1)
	}
	lambda.Start(site)
}
