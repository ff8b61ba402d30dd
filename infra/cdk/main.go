package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"mandate/infra/stack"
)

func main() {
	if err := synthesise(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func synthesise() error {
	defer jsii.Close()

	context, err := stack.Context("cdk.json")
	if err != nil {
		return fmt.Errorf("to be run from the project's root: %w", err)
	}
	props := &awscdk.AppProps{Context: &context, AnalyticsReporting: jsii.Bool(false)}
	if os.Getenv("CDK_OUTDIR") == "" { // the CLI's, which the app obeys by itself
		props.Outdir = jsii.String("cdk.out")
	}
	app := awscdk.NewApp(props)

	settings, err := stack.ReadSettings(func(key string) any { return app.Node().TryGetContext(jsii.String(key)) })
	if err != nil {
		return err
	}
	if _, err := stack.New(app, "Mandate", stack.Props{Settings: settings, Assets: "dist/functions"}); err != nil {
		return err
	}
	app.Synth(nil)
	return nil
}
