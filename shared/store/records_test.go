package store

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/shared/directory"
)

// sizeOf is what DynamoDB counts a value as, to a byte or two.
func sizeOf(value types.AttributeValue) int {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return len(v.Value)/2 + 2
	case *types.AttributeValueMemberL:
		size := 3
		for _, one := range v.Value {
			size += 1 + sizeOf(one)
		}
		return size
	case *types.AttributeValueMemberM:
		return 3 + sizeOfItem(v.Value)
	default:
		return 1
	}
}

func sizeOfItem(it item) int {
	size := 0
	for name, value := range it {
		size += 1 + len(name) + sizeOf(value)
	}
	return size
}

const someID = "01JZX0000000000000000000AB"

// The four records that every request reads.
func examples() (directory.Organisation, directory.User, directory.Identity, directory.Session) {
	now := time.Now().UTC()
	hash := strings.Repeat("x", 43)
	return directory.Organisation{
			ID: "org_" + someID, Name: "Example Payments", Preset: "bc-connect", ActiveAdmins: 2, CreatedAt: now, Version: 3,
			Settings: directory.Settings{
				ChangeControl: directory.ControlSecondAdmin, PropagationSeconds: 3600, GrantLimit: directory.GrantAny,
				SignInName: directory.SignInEmail, RoleCount: directory.RolesNone, SecondFactor: directory.Required,
				Phone: directory.Required, Onboarding: []directory.Status{directory.StatusEmailNotVerified},
				SecretsShown: "once", Languages: []string{"en"}, ApprovalHours: 168,
			},
		}, directory.User{
			ID: "usr_" + someID, Organisation: "org_" + someID, Identity: "idn_" + someID, Kind: directory.KindAdmin,
			Status: directory.StatusActive, SecondFactor: true, CreatedBy: "usr_" + someID, CreatedAt: now, UpdatedAt: now, Version: 2, Revision: 5,
			Profile: directory.Profile{
				Name: directory.Name{First: "Ada", Last: "Example"}, Email: "ada@example.com", Phone: "+4512345678", Language: "en",
				Access: directory.Access{
					Companies: []directory.CompanyID{"cmp_" + someID}, Accounts: []directory.AccountID{"acc_" + someID, "acc_" + someID},
					Permissions: []directory.Permission{"accounts:view", "payments:view", "payments:initiate"},
				},
				PaymentRule: directory.PaymentsNeedApproval,
			},
		}, directory.Identity{
			ID: "idn_" + someID, Login: "ada@example.com", PasswordAt: now, CreatedAt: now, Revision: 4,
			PasswordHash:  "$argon2id$v=19$m=19456,t=2,p=1$" + strings.Repeat("x", 66),
			TOTP:          &directory.TOTP{Secret: strings.Repeat("x", 120), LastStep: 58_000_000},
			RecoveryCodes: []string{hash, hash, hash, hash, hash, hash, hash, hash, hash, hash},
		}, directory.Session{
			ID: "ses_" + someID, Hash: hash, Organisation: "org_" + someID, User: "usr_" + someID, Identity: "idn_" + someID,
			Acting: "org_" + someID, Stage: directory.SessionFull, CreatedAt: now, LastSeenAt: now, ExpiresAt: now, Address: "192.0.2.1",
			UserAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
		}
}

func exampleItems(t testing.TB) map[string]item {
	organisation, user, identity, session := examples()
	organisation.Version = 0 // written whole
	items := make(map[string]item)
	for name, effect := range map[string]directory.Effect{
		"organisation": directory.PutOrganisation{Organisation: organisation},
		"user":         directory.PutUser{User: user, Was: user},
		"identity":     directory.PutIdentity{Identity: identity},
		"session":      directory.BeginSession{Session: session},
	} {
		one, err := writeOf(effect)
		if err != nil {
			t.Fatal(err)
		}
		items[name] = one.item
	}
	return items
}

func TestRecordsOfARequestAreSmall(t *testing.T) {
	t.Parallel()
	for name, it := range exampleItems(t) {
		// A kilobyte is a write unit, four are a read unit.
		size := sizeOfItem(it)
		t.Logf("%s: %d bytes", name, size)
		if size > 1024 {
			t.Errorf("%s: %d bytes", name, size)
		}
	}
}

func TestATimeThatIsNotSetIsNotStored(t *testing.T) {
	t.Parallel()
	for name, it := range exampleItems(t) {
		for attribute, value := range it {
			if text, ok := value.(*types.AttributeValueMemberS); ok && strings.HasPrefix(text.Value, "0001-") {
				t.Errorf("%s: %s is %s", name, attribute, text.Value)
			}
		}
	}
}

func TestAnItemThatLacksWhatItsRecordHasFailsTheRead(t *testing.T) {
	t.Parallel()
	for _, lacking := range []string{Document, "status", "version", "revision"} {
		it := exampleItems(t)["user"]
		delete(it, lacking)
		if _, err := toUser(it); err == nil {
			t.Errorf("without %s it is read", lacking)
		}
	}
}

func TestAFieldIsStoredOnce(t *testing.T) {
	t.Parallel()
	for name, it := range exampleItems(t) {
		for attribute := range it {
			if strings.Contains(stringOf(it, Document), `"`+attribute+`":`) {
				t.Errorf("%s: %s is in the document and beside it", name, attribute)
			}
		}
	}
}

// What a session check spends on records, beside the call itself.
func BenchmarkDecodeSessionCheck(b *testing.B) {
	items := exampleItems(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := toOrganisation(items["organisation"]); err != nil {
			b.Fatal(err)
		}
		if _, err := toUser(items["user"]); err != nil {
			b.Fatal(err)
		}
		if _, err := toIdentity(items["identity"]); err != nil {
			b.Fatal(err)
		}
		if _, err := toSession(items["session"]); err != nil {
			b.Fatal(err)
		}
	}
}

// What a page spends between an answer of DynamoDB's and its users, the SDK's share included.
func BenchmarkPageOfUsers(b *testing.B) {
	const size = 50
	one := make(map[string]map[string]string)
	for name, value := range exampleItems(b)["user"] {
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			one[name] = map[string]string{"S": v.Value}
		case *types.AttributeValueMemberN:
			one[name] = map[string]string{"N": v.Value}
		default:
			b.Fatalf("%s is %T", name, value)
		}
	}
	answer, err := json.Marshal(map[string]any{"Count": size, "Items": slices.Repeat([]any{one}, size)})
	if err != nil {
		b.Fatal(err)
	}
	s := New(canned{http.StatusOK, string(answer), false}.client(Answers), "table")
	b.ReportAllocs()
	for b.Loop() {
		users, _, err := s.Users(b.Context(), "org_"+someID, directory.Page{Limit: size})
		if err != nil || len(users) != size {
			b.Fatal(len(users), err)
		}
	}
}

func BenchmarkEncodeSessionCheck(b *testing.B) {
	organisation, user, identity, session := examples()
	b.ReportAllocs()
	for b.Loop() {
		for _, effect := range []directory.Effect{
			directory.PutOrganisation{Organisation: organisation}, directory.PutUser{User: user},
			directory.PutIdentity{Identity: identity}, directory.BeginSession{Session: session},
		} {
			if _, err := writeOf(effect); err != nil {
				b.Fatal(err)
			}
		}
	}
}
