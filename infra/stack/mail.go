package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// sender is the identity that mails come from at SES and the configuration set that every mail goes out under.
type sender struct {
	identity      awsses.EmailIdentity
	configuration awsses.ConfigurationSet
}

// newSender makes them. Mails carry links that sign people in, so they go over TLS or not at all; addresses that bounced
// or complained are not written to again, which keeps the account's reputation.
func newSender(scope constructs.Construct, settings Settings) sender {
	configuration := awsses.NewConfigurationSet(scope, jsii.String("ConfigurationSet"), &awsses.ConfigurationSetProps{
		ReputationMetrics:  jsii.Bool(true),
		SuppressionReasons: awsses.SuppressionReasons_BOUNCES_AND_COMPLAINTS,
		TlsPolicy:          awsses.ConfigurationSetTlsPolicy_REQUIRE,
	})
	// To the default bus, which is the only one that SES knows. Opens and clicks are not asked for: to tell them, SES
	// would lead links through a redirect of its own.
	configuration.AddEventDestination(jsii.String("Feedback"), &awsses.ConfigurationSetEventDestinationOptions{
		Destination: awsses.EventDestination_EventBus(awsevents.EventBus_FromEventBusName(scope, jsii.String("Bus"), jsii.String("default"))),
		Events: &[]awsses.EmailSendingEvent{
			awsses.EmailSendingEvent_DELIVERY, awsses.EmailSendingEvent_BOUNCE, awsses.EmailSendingEvent_COMPLAINT,
		},
	})
	identity := awsses.NewEmailIdentity(scope, jsii.String("EmailIdentity"), &awsses.EmailIdentityProps{
		Identity:         awsses.Identity_Domain(jsii.String(settings.domain())),
		ConfigurationSet: configuration,
		DkimSigning:      jsii.Bool(true),
	})
	return sender{identity: identity, configuration: configuration}
}

// configurationARN is the configuration set's, which CDK doesn't offer.
func (s sender) configurationARN() *string {
	return awscdk.Stack_Of(s.configuration).FormatArn(&awscdk.ArnComponents{
		Service:      jsii.String("ses"),
		Resource:     jsii.String("configuration-set"),
		ResourceName: s.configuration.ConfigurationSetName(),
	})
}
