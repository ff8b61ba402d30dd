package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// newRole makes a role with its whole policy inside, so that whoever needs the role waits for its policy too. CDK adds
// nothing to it later.
func newRole(scope constructs.Construct, id string, assumedBy awsiam.IPrincipal, statements ...awsiam.PolicyStatement) awsiam.IRole {
	return awsiam.NewRole(scope, jsii.String(id), &awsiam.RoleProps{
		AssumedBy: assumedBy,
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"policy": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements, Minimize: jsii.Bool(false)}),
		},
	}).WithoutPolicyUpdates(nil)
}

// allow is a statement of a role's policy. Conditions may be nil.
func allow(actions []string, conditions *map[string]any, resources ...*string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:    jsii.Strings(actions...),
		Resources:  &resources,
		Conditions: conditions,
	})
}

func service(name string, conditions *map[string]any) awsiam.IPrincipal {
	return awsiam.NewServicePrincipal(jsii.String(name), &awsiam.ServicePrincipalOpts{Conditions: conditions})
}

// fromThisAccount keeps a service from acting here on behalf of another of its customers (the confused deputy).
func fromThisAccount() *map[string]any {
	return &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()}}
}
