package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Domain is a name of one's own for the API, with the certificate in ACM that proves it.
type Domain struct {
	Name        string
	Certificate string // its ARN, in the stack's region
}

// MutualTLS is the domain that API users with certificates call (6.3).
type MutualTLS struct {
	Domain
	// Truststore is the S3 URL of the PEM file with what clients' certificates have to chain to. TruststoreVersion is its
	// version there: what is uploaded anew counts once it is named here and deployed.
	Truststore        string
	TruststoreVersion string
}

// newDomains gives the API its own domains, where there are any.
//
// They are two, because the gateway takes no connection without a certificate on a domain with mutual TLS, and people's
// browsers have none. That an API user could call the domain that asks for no certificate is no way past it: the
// functions refuse whoever has certificates and comes without (package directory). Nor are the gateway's headers in it:
// the certificate reaches functions in the event's context, which no client writes.
func newDomains(within constructs.Construct, gateway awsapigatewayv2.CfnApi, stage awsapigatewayv2.CfnStage, settings Settings) {
	if settings.Domain.Name == "" {
		return
	}
	newDomain(within, "Domain", gateway, stage, settings.Domain, nil)
	if secure := settings.MutualTLS; secure.Name != "" {
		store := &awsapigatewayv2.CfnDomainName_MutualTlsAuthenticationProperty{TruststoreUri: jsii.String(secure.Truststore)}
		if secure.TruststoreVersion != "" {
			store.TruststoreVersion = jsii.String(secure.TruststoreVersion)
		}
		newDomain(within, "MutualTls", gateway, stage, secure.Domain, store)
	}
}

func newDomain(
	within constructs.Construct, id string, gateway awsapigatewayv2.CfnApi, stage awsapigatewayv2.CfnStage, domain Domain,
	truststore *awsapigatewayv2.CfnDomainName_MutualTlsAuthenticationProperty,
) {
	props := &awsapigatewayv2.CfnDomainNameProps{
		DomainName: jsii.String(domain.Name),
		DomainNameConfigurations: []any{&awsapigatewayv2.CfnDomainName_DomainNameConfigurationProperty{
			CertificateArn: jsii.String(domain.Certificate),
			EndpointType:   jsii.String("REGIONAL"),
			SecurityPolicy: jsii.String("TLS_1_2"),
		}},
	}
	if truststore != nil {
		props.MutualTlsAuthentication = truststore
	}
	made := awsapigatewayv2.NewCfnDomainName(within, jsii.String(id), props)
	awsapigatewayv2.NewCfnApiMapping(within, jsii.String(id+"Mapping"), &awsapigatewayv2.CfnApiMappingProps{
		ApiId: gateway.Ref(), DomainName: made.Ref(), Stage: stage.Ref(),
	})
	output(gateway.Stack(), id+"Target", "Where the DNS record of "+domain.Name+" leads: an alias, or a CNAME.", made.AttrRegionalDomainName())
}
