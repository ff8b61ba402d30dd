package stack

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/google/go-cmp/cmp"

	"mandate/infra/deployment"
	"mandate/shared/seal"
	"mandate/shared/seal/kmskeys"
)

// statement is one of a policy, as a test writes it.
type statement struct {
	Effect    string
	Actions   []string
	Resources []string
	Condition string // as JSON
}

// policy reads a role's statements, which are all in one policy inside the role.
func policy(t *testing.T, role map[string]any) []statement {
	t.Helper()
	if role["ManagedPolicyArns"] != nil || get(role, "Policies", 1) != nil {
		t.Fatal("the role has more policies than its own")
	}
	var statements []statement
	written, _ := get(role, "Policies", 0, "PolicyDocument", "Statement").([]any)
	for _, s := range written {
		statements = append(statements, statement{
			Effect: get(s, "Effect").(string), Actions: list(get(s, "Action")), Resources: list(get(s, "Resource")),
			Condition: asJSON(t, get(s, "Condition")),
		})
	}
	return ordered(statements)
}

func ordered(statements []statement) []statement {
	slices.SortFunc(statements, func(a, b statement) int {
		return strings.Compare(a.Resources[0]+a.Actions[0], b.Resources[0]+b.Actions[0])
	})
	return statements
}

// asJSON writes a part of the template as text; nothing as nothing.
func asJSON(t *testing.T, value any) string {
	t.Helper()
	if value == nil {
		return ""
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // references are written in angle brackets
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(text.String(), "\n")
}

// granted says what a declared grant means in AWS.
var granted = map[deployment.Resource]statement{
	deployment.OnTable:        {Resources: []string{"<Table.Arn>"}},
	deployment.OnDueIndex:     {Resources: []string{"<Table.Arn>/index/due"}},
	deployment.OnListIndex:    {Resources: []string{"<Table.Arn>/index/list"}},
	deployment.OnSeenIndex:    {Resources: []string{"<Table.Arn>/index/seen"}},
	deployment.OnStateMachine: {Resources: []string{"<ChangesStateMachine>"}},
	deployment.OnKey: {
		Resources: []string{"<DataKey.Arn>"},
		Condition: `{"StringEquals":{"kms:EncryptionContext:service":"mandate"}}`,
	},
	deployment.OnMail: {
		Resources: []string{
			"arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/<EmailIdentity>",
			"arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:configuration-set/<ConfigurationSet>",
		},
		Condition: `{"StringEquals":{"ses:FromAddress":"no-reply@mandate.example.com"}}`,
	},
	deployment.OnPhones: {Resources: []string{"*"}},
}

// denied says what a declared grant takes away besides.
var denied = map[deployment.Resource]statement{
	deployment.OnPhones: {Resources: []string{"arn:<AWS::Partition>:sns:*:*:*"}},
}

func TestEachFunctionMayDoWhatIsDeclaredAndWhatItsTriggerNeeds(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	for _, f := range deployment.Functions() {
		want := []statement{{
			Effect: "Allow", Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resources: []string{"<" + in(f, "Logs") + ".Arn>"},
		}}
		if f.Event() {
			want = append(want, statement{
				Effect: "Allow", Actions: []string{"sqs:SendMessage"}, Resources: []string{"<" + in(f, "DeadLetters") + ".Arn>"},
			})
		}
		if f.Stream != nil {
			want = append(want, statement{
				Effect:    "Allow",
				Actions:   []string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"},
				Resources: []string{"<Table.StreamArn>"},
			})
		}
		for _, grant := range f.Grants {
			meaning, known := granted[grant.On]
			if !known {
				t.Fatalf("%s is granted an unknown resource %s", f.Name, grant.On)
			}
			meaning.Effect, meaning.Actions = "Allow", grant.Actions
			want = append(want, meaning)
			if but, besides := denied[grant.On]; besides {
				but.Effect, but.Actions = "Deny", grant.Actions
				want = append(want, but)
			}
		}
		got := policy(t, template.named(t, in(f, "Role"), "AWS::IAM::Role"))
		if diff := cmp.Diff(ordered(want), got); diff != "" {
			t.Errorf("%s (-declared +template):\n%s", f.Name, diff)
		}
	}
}

func TestEachFunctionHasARoleOfItsOwn(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	for _, f := range deployment.Functions() {
		if got, want := template.named(t, in(f, "Function"), "AWS::Lambda::Function")["Role"], "<"+in(f, "Role")+".Arn>"; got != want {
			t.Errorf("%s runs as %v, not as %s", f.Name, got, want)
		}
	}
	// Besides: the state machine's, and one for each schedule.
	want := len(deployment.Functions()) + 1
	for _, f := range deployment.Functions() {
		if f.Schedule != nil {
			want++
		}
	}
	if roles := template.of("AWS::IAM::Role"); len(roles) != want {
		t.Errorf("%d roles instead of %d: %v", len(roles), want, roles)
	}
	if policies := append(template.of("AWS::IAM::Policy"), template.of("AWS::IAM::ManagedPolicy")...); policies != nil {
		t.Errorf("policies outside roles: %v", policies)
	}
}

func TestNothingIsAllowedOnAStarButWhatAWSKnowsNoResourceFor(t *testing.T) {
	t.Parallel()
	var want []string
	for _, action := range []string{
		"logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
		"logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
		"xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
	} {
		want = append(want, "ChangesStateMachineRole: "+action+" on *")
	}
	for _, f := range deployment.Functions() { // a phone number has no ARN; what has one is denied besides
		for _, grant := range f.Grants {
			if grant.On == deployment.OnPhones {
				want = append(want, in(f, "Role")+": sns:Publish on *")
			}
		}
	}
	var got []string
	for id, r := range synthesise(t).resources {
		walk(r.Properties, func(s map[string]any) {
			if s["NotAction"] != nil || s["NotResource"] != nil || s["NotPrincipal"] != nil {
				t.Errorf("%s: a statement by what it leaves out", id)
			}
			if s["Effect"] == "Deny" { // takes away, so the more the better
				return
			}
			resources := list(s["Resource"])
			if r.Type == "AWS::KMS::Key" && slices.Equal(resources, []string{"*"}) {
				resources = []string{"this key"}
			}
			if resources == nil { // a trust policy: the resource is the role
				resources = []string{"this role"}
			}
			for _, action := range list(s["Action"]) {
				for _, resource := range resources {
					if strings.Contains(action+resource, "*") {
						got = append(got, id+": "+action+" on "+resource)
					}
				}
			}
			if s["Principal"] != nil && strings.Contains(asJSON(t, s["Principal"]), "*") {
				t.Errorf("%s: anybody is allowed %v", id, s["Action"])
			}
		})
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stars (-excepted +template):\n%s", diff)
	}
}

// walk calls visit with every statement in a value, however deep.
func walk(value any, visit func(map[string]any)) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			walk(item, visit)
		}
	case map[string]any:
		if value["Effect"] != nil {
			visit(value)
		}
		for _, item := range value {
			walk(item, visit)
		}
	}
}

func TestServicesActForThisAccountAlone(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	want := map[string]string{"ChangesStateMachineRole": `{"StringEquals":{"aws:SourceAccount":"<AWS::AccountId>"}}`}
	for _, f := range deployment.Functions() {
		if f.Schedule != nil {
			want[in(f, "ScheduleRole")] = `{"StringEquals":{"aws:SourceAccount":"<AWS::AccountId>","aws:SourceArn":"<Schedules.Arn>"}}`
		}
	}
	for role, want := range want {
		trust := get(template.named(t, role, "AWS::IAM::Role"), "AssumeRolePolicyDocument", "Statement", 0, "Condition")
		if got := asJSON(t, trust); got != want {
			t.Errorf("%s is assumed if %s, not if %s", role, got, want)
		}
	}
}

func TestTheDataKeyOpensNothingButWhatTheServiceSealed(t *testing.T) {
	t.Parallel()
	key := synthesise(t).named(t, "DataKey", "AWS::KMS::Key")
	statements, _ := get(key, "KeyPolicy", "Statement").([]any)
	uses := 0
	for _, s := range statements {
		for _, action := range list(get(s, "Action")) {
			switch action {
			case "kms:GenerateDataKey", "kms:Decrypt":
				uses++
				if got := asJSON(t, get(s, "Condition")); got != granted[deployment.OnKey].Condition {
					t.Errorf("%s if %s", action, got)
				}
			case "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:CreateGrant":
				t.Errorf("%s has no use here", action)
			}
		}
	}
	if uses != 2 {
		t.Errorf("%d uses are allowed instead of 2", uses)
	}
	if key["EnableKeyRotation"] != true {
		t.Error("the key is not rotated")
	}
}

// The condition on the key names an encryption context; this is what the functions send.
func TestTheKeysConditionIsWhatTheFunctionsSend(t *testing.T) {
	t.Parallel()
	var sent caller
	_, err := kmskeys.New(&sent, "key", emptyVault{}, time.Now).Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var condition struct{ StringEquals map[string]string }
	if err := json.Unmarshal([]byte(granted[deployment.OnKey].Condition), &condition); err != nil {
		t.Fatal(err)
	}
	for key, want := range condition.StringEquals {
		if got := sent.context[strings.TrimPrefix(key, "kms:EncryptionContext:")]; got != want {
			t.Errorf("functions send %s=%q, the key asks for %q", key, got, want)
		}
	}
}

// caller keeps the encryption context of a call to KMS.
type caller struct{ context map[string]string }

func (c *caller) GenerateDataKey(_ context.Context, in *kms.GenerateDataKeyInput, _ ...func(*kms.Options)) (*kms.GenerateDataKeyOutput, error) {
	c.context = in.EncryptionContext
	return &kms.GenerateDataKeyOutput{CiphertextBlob: []byte("wrapped"), Plaintext: make([]byte, 32), KeyId: aws.String("key")}, nil
}

func (c *caller) Decrypt(_ context.Context, in *kms.DecryptInput, _ ...func(*kms.Options)) (*kms.DecryptOutput, error) {
	c.context = in.EncryptionContext
	return &kms.DecryptOutput{Plaintext: make([]byte, 32)}, nil
}

// emptyVault is a vault whose first key is being made.
type emptyVault struct{}

func (emptyVault) Load(context.Context, string) ([]byte, error) { return nil, seal.ErrNoKey }

func (emptyVault) Create(context.Context, string, []byte) error { return nil }
