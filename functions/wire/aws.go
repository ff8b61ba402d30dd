package wire

import (
	"context"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/middleware"

	"mandate/functions/wire/sending"
	"mandate/shared/config"
	"mandate/shared/outage"
)

// identity is who a function is to AWS: Lambda sets it when a function starts, and it holds as long as that runs.
type identity struct {
	Region       string `env:"AWS_REGION"`
	AccessKey    string `env:"AWS_ACCESS_KEY_ID"`
	SecretKey    string `env:"AWS_SECRET_ACCESS_KEY"`
	SessionToken string `env:"AWS_SESSION_TOKEN,optional"`
}

// awsConfig is made of the environment alone.
//
// Decision: not config.LoadDefaultConfig. That looks in files, single sign-on, web identities and the machine's metadata
// for what a Lambda always has in its environment, and the clients for all of these cost a fifth of a cold start.
func awsConfig() (aws.Config, error) {
	identity, err := config.Load[identity]()
	return identity.config(), err
}

func (i identity) config() aws.Config {
	return aws.Config{
		Region:        i.Region,
		Credentials:   credentials.NewStaticCredentialsProvider(i.AccessKey, i.SecretKey, i.SessionToken),
		ConfigSources: []any{endpoints{}},
		HTTPClient:    sending.Client(),
		APIOptions:    []func(*middleware.Stack) error{outage.Told},
	}
}

// endpoints are those of the environment, by the SDK's own names for them (AWS_ENDPOINT_URL_DYNAMODB). On AWS there are
// none: the local runner sets them.
type endpoints struct{}

// GetServiceBaseEndpoint is what the SDK's clients ask.
func (endpoints) GetServiceBaseEndpoint(_ context.Context, service string) (string, bool, error) {
	address := os.Getenv("AWS_ENDPOINT_URL_" + strings.ToUpper(strings.ReplaceAll(service, " ", "_")))
	return address, address != "", nil
}
