// Makes the operators' own organisation with its first operator, once, after the first deployment. It writes the table
// that the stack made, with the rights of whoever runs it; the operator then gets a verification mail like everyone.
//
//	TABLE=… KEY=… go run ./infra/operator -email olga@example.com -first Olga -last Operator
//
// TABLE and KEY are outputs of the stack.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/oklog/ulid/v2"

	"mandate/shared/config"
	"mandate/shared/directory"
	"mandate/shared/outage"
	"mandate/shared/phone"
	"mandate/shared/policy"
	"mandate/shared/seal"
	"mandate/shared/seal/kmskeys"
	"mandate/shared/store"
)

func main() {
	email := flag.String("email", "", "the operator's e-mail address")
	first := flag.String("first", "", "its first name")
	last := flag.String("last", "", "its last name")
	flag.Parse()
	if err := found(context.Background(), *email, directory.Name{First: *first, Last: *last}); err != nil {
		fmt.Fprintln(os.Stderr, "operator:", err)
		os.Exit(1)
	}
	fmt.Println("The first operator's verification mail is on its way to", *email)
}

func found(ctx context.Context, email string, name directory.Name) error {
	settings, err := config.Load[struct {
		Table string `env:"TABLE"`
		Key   string `env:"KEY"`
	}]()
	if err != nil {
		return err
	}
	aws, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	aws.APIOptions = append(aws.APIOptions, outage.Told)
	presets, err := policy.New()
	if err != nil {
		return err
	}
	now := func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
	table := store.New(dynamodb.NewFromConfig(aws), settings.Table)
	organisations := directory.Organisations{Phones: phone.E164, Core: directory.Core{
		Store: table, Policies: presets, Presets: presets, Now: now,
		Sealer: seal.New(kmskeys.New(kms.NewFromConfig(aws), settings.Key, table.Vault(), now)),
		NewID:  func(prefix string) string { return prefix + ulid.Make().String() },
	}}
	return organisations.FoundPlatform(ctx, directory.NewUser{Profile: directory.Profile{
		Name: name, Email: email, Access: directory.Access{Roles: []string{"administration"}},
	}})
}
