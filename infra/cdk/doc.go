// Command cdk synthesises the stack of infra/stack. The CDK CLI runs it as cdk.json says; alone, from the project's
// root, it writes cdk.out, for which it needs neither the CLI nor an AWS account.
//
// Settings are CDK's context: cdk.json has them all, and the CLI's -c overrides one. No feature flag of CDK is set,
// because none changes what this stack makes of its resources.
package main
