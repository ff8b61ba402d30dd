package stack

import "testing"

// People come by one domain, and API users with certificates by another, which takes nobody without (6.3). With domains
// of its own the API answers at the gateway's no longer.
func TestTheAPIHasItsOwnDomains(t *testing.T) {
	t.Parallel()
	made := customised.made(t)
	if got := made.named(t, "GatewayApi", "AWS::ApiGatewayV2::Api")["DisableExecuteApiEndpoint"]; got != true {
		t.Errorf("the gateway's own endpoint: disabled %v", got)
	}
	for id, want := range map[string]string{
		"GatewayDomain": `{"DomainName":"users.acme.test","DomainNameConfigurations":[{` +
			`"CertificateArn":"arn:aws:acm:eu-west-1:111122223333:certificate/0a1b","EndpointType":"REGIONAL","SecurityPolicy":"TLS_1_2"}]}`,
		"GatewayMutualTls": `{"DomainName":"api.acme.test","DomainNameConfigurations":[{` +
			`"CertificateArn":"arn:aws:acm:eu-west-1:111122223333:certificate/2c3d","EndpointType":"REGIONAL","SecurityPolicy":"TLS_1_2"}],` +
			`"MutualTlsAuthentication":{"TruststoreUri":"s3://acme-trust/clients.pem","TruststoreVersion":"3sL4kqtJlcpXroDTDmJ"}}`,
	} {
		if got := asJSON(t, made.named(t, id, "AWS::ApiGatewayV2::DomainName")); got != want {
			t.Errorf("%s: %s", id, got)
		}
		mapping := asJSON(t, made.named(t, id+"Mapping", "AWS::ApiGatewayV2::ApiMapping"))
		if want := `{"ApiId":"<GatewayApi>","DomainName":"<` + id + `>","Stage":"<GatewayStage>"}`; mapping != want {
			t.Errorf("%s is mapped as %s", id, mapping)
		}
	}
	for id, want := range map[string]string{
		"ApiUrl": "https://users.acme.test", "DomainTarget": "<GatewayDomain.RegionalDomainName>", "MutualTlsTarget": "<GatewayMutualTls.RegionalDomainName>",
	} {
		if got := get(made.outputs[id], "Value"); got != want {
			t.Errorf("output %s: %v", id, got)
		}
	}
}

// Without settings of domains there are none, and the gateway's own endpoint is the door.
func TestWithoutDomainsTheGatewaysIsTheDoor(t *testing.T) {
	t.Parallel()
	made := synthesise(t)
	for id, resource := range made.resources {
		if resource.Type == "AWS::ApiGatewayV2::DomainName" || resource.Type == "AWS::ApiGatewayV2::ApiMapping" {
			t.Errorf("there is %s", id)
		}
	}
	if got := made.named(t, "GatewayApi", "AWS::ApiGatewayV2::Api")["DisableExecuteApiEndpoint"]; got != false {
		t.Errorf("the gateway's own endpoint: disabled %v", got)
	}
}
