package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// sealed is the encryption context that shared/seal/kmskeys wraps every data key under. Nobody is allowed to use the
// key for anything else.
func sealed() *map[string]any {
	return &map[string]any{"StringEquals": map[string]any{"kms:EncryptionContext:service": "mandate"}}
}

// newDataKey makes the key that wraps the service's data keys. Losing it loses every sealed secret, so it stays when the
// stack goes. Rotation is yearly; KMS opens what earlier key material wrapped.
func newDataKey(scope constructs.Construct) awskms.Key {
	return newKey(scope, "DataKey", "Wraps Mandate's data keys", awscdk.RemovalPolicy_RETAIN,
		awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:        jsii.String("UseByRolesThatAreGrantedIt"),
			Principals: &[]awsiam.IPrincipal{awsiam.NewAccountRootPrincipal()},
			Actions:    jsii.Strings("kms:GenerateDataKey", "kms:Decrypt"),
			Resources:  jsii.Strings("*"),
			Conditions: sealed(),
		}))
}

// newAlarmKey makes the key of the alarm topic. The key that AWS manages for SNS would cost nothing, but it doesn't
// admit CloudWatch, and the alarms would be lost.
func newAlarmKey(scope constructs.Construct) awskms.Key {
	return newKey(scope, "AlarmKey", "Encrypts Mandate's alarms", awscdk.RemovalPolicy_DESTROY,
		awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:        jsii.String("UseByAlarms"),
			Principals: &[]awsiam.IPrincipal{service("cloudwatch.amazonaws.com", fromThisAccount())},
			Actions:    jsii.Strings("kms:GenerateDataKey", "kms:Decrypt"),
			Resources:  jsii.Strings("*"),
		}))
}

// newKey makes a key that the account's administrators manage and only the given statement lets anyone use. In a key's
// policy the resource is always "*": this key.
func newKey(scope constructs.Construct, id, description string, removal awscdk.RemovalPolicy, use awsiam.PolicyStatement) awskms.Key {
	manage := awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("ManageByAdministrators"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewAccountRootPrincipal()},
		Actions: jsii.Strings(
			"kms:DescribeKey", "kms:UpdateKeyDescription", "kms:EnableKey", "kms:DisableKey",
			"kms:GetKeyPolicy", "kms:PutKeyPolicy", "kms:ListKeyPolicies",
			"kms:GetKeyRotationStatus", "kms:EnableKeyRotation", "kms:DisableKeyRotation",
			"kms:RotateKeyOnDemand", "kms:ListKeyRotations",
			"kms:ListGrants", "kms:RevokeGrant",
			"kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias",
			"kms:TagResource", "kms:UntagResource", "kms:ListResourceTags",
			"kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion",
		),
		Resources: jsii.Strings("*"),
	})
	return awskms.NewKey(scope, jsii.String(id), &awskms.KeyProps{
		Description:       jsii.String(description),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     removal,
		Policy: awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{
			Statements: &[]awsiam.PolicyStatement{manage, use},
		}),
	})
}
