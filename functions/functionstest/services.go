package functionstest

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go/middleware"

	"mandate/functions/faulttest"
	kmspart "mandate/infra/local/parts/kms"
	"mandate/shared/mail/ses"
	"mandate/shared/outage"
	"mandate/shared/seal"
	"mandate/shared/seal/kmskeys"
	snstext "mandate/shared/text/sns"
)

// config is that of a service's client.
func config(endpoint string) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: &endpoint, Retryer: faulttest.Retryer,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
		APIOptions:  []func(*middleware.Stack) error{outage.Told},
	}
}

// service is the config of a client whose service is a handler in this process, behind the layer of faults.
func (w *World) service(handler http.Handler) aws.Config {
	one := config("http://service.example.com")
	one.HTTPClient = w.Faults.Client(faulttest.Serve(handler))
	return one
}

// stepFunctions is the client of a machine.
func (w *World) stepFunctions(machine *machine) *sfn.Client {
	return sfn.NewFromConfig(w.service(machine))
}

// mailSender hands mails to SES, which keeps them.
func (w *World) mailSender() (*ses.Sender, error) {
	return ses.New(sesv2.NewFromConfig(w.service(w.Mails)), ses.Config{From: "Mandate <no-reply@example.com>", ConfigurationSet: "mandate"})
}

// textSender hands texts to SNS, which keeps them.
func (w *World) textSender() *snstext.Sender {
	return snstext.New(sns.NewFromConfig(w.service(w.Texts)))
}

// UnderKMS has data keys wrapped by KMS and kept in the table, as they are where the service is deployed.
func UnderKMS(w *World) {
	const alias = "alias/mandate"
	service, err := kmspart.New(kmspart.Options{Alias: alias})
	if err != nil {
		w.t.Fatal(err)
	}
	w.keys = func() seal.Keys {
		return kmskeys.New(kms.NewFromConfig(w.service(service)), alias, w.Store.Vault(), w.Now)
	}
}

// answerJSON answers a call as AWS's JSON services do.
func answerJSON(to http.ResponseWriter, status int, answer any) {
	to.Header().Set("Content-Type", "application/x-amz-json-1.0")
	to.WriteHeader(status)
	if err := json.NewEncoder(to).Encode(answer); err != nil {
		panic(err)
	}
}

// refuse answers with an exception of the service.
func refuse(to http.ResponseWriter, exception string) {
	answerJSON(to, http.StatusBadRequest, map[string]string{"__type": exception})
}

// target is the operation that a call names.
func target(r *http.Request) string {
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	return name
}
