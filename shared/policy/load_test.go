package policy_test

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"mandate/shared/directory"
	"mandate/shared/policy"
)

// copied is the presets as they are, to be altered.
func copied(t *testing.T) fstest.MapFS {
	t.Helper()
	files := make(fstest.MapFS)
	presets := os.DirFS("presets")
	err := fs.WalkDir(presets, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(presets, path)
		files[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestEveryPresetLoadsStrictly(t *testing.T) {
	t.Parallel()
	if err := engine(t).Check(); err != nil {
		t.Error(err)
	}
}

// A sixth system is a folder and no Go.
func TestASixthSystemIsAFolder(t *testing.T) {
	t.Parallel()
	files := copied(t)
	preset := bytes.Replace(files["leaseweb/preset.json"].Data, []byte(`"title": "Leaseweb"`), []byte(`"title": "Sixth"`), 1)
	files["sixth/preset.json"] = &fstest.MapFile{Data: preset}
	files["sixth/policies.cedar"] = &fstest.MapFile{Data: []byte(`
		@id("closed-on-principle")
		@reason("Nobody is created here.")
		forbid (principal, action == Action::"createUser", resource);
	`)}
	engine, err := policy.NewFrom(files)
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Check(); err != nil {
		t.Fatal(err)
	}
	sixth := organisation(t, engine, "sixth")
	ada := admin("usr_ada", roles("master"))
	decide(t, engine, sixth, []attempt{
		{name: "its own policy", who: ada, does: "createUser", to: regular("usr_new"), policy: "closed-on-principle"},
		{name: "the common policies", who: ada, does: "updateUser", to: regular("usr_rosa"), allowed: allow, policy: "administration"},
	})
}

// Broken data is refused by the name of its file and field.
func TestBrokenDataIsRefusedByFileAndField(t *testing.T) {
	t.Parallel()
	const preset, policies = "bc-connect/preset.json", "bc-connect/policies.cedar"
	for name, test := range map[string]struct {
		file, old, new string
		want           []string
	}{
		"an unknown field":                 {preset, `"title"`, `"titel": "x", "title"`, []string{preset, "titel"}},
		"an unknown setting":               {preset, `"contacts"`, `"kontakte": 1, "contacts"`, []string{preset, "settings", "kontakte"}},
		"a missing setting":                {preset, `"removal": false,`, ``, []string{preset, "settings.removal", "missing"}},
		"a setting of no known value":      {preset, `"grantLimit": "any"`, `"grantLimit": "some"`, []string{preset, "settings.grantLimit", "some"}},
		"a delay above an hour":            {preset, `3600`, `3601`, []string{preset, "settings.propagationSeconds"}},
		"a language that there is not":     {preset, `["en"]`, `["xx"]`, []string{preset, "settings.languages", "xx"}},
		"roles where there are none":       {preset, `"roleCount": "none"`, `"roleCount": "many"`, []string{preset, "settings.roleCount"}},
		"a kind that there is not":         {preset, `"admin": [`, `"boss": [`, []string{preset, "kinds", "boss"}},
		"a kind's unknown permission":      {preset, `"users:view", `, `"users:stare", `, []string{preset, "kinds.admin", "users:stare"}},
		"a role's unknown permission":      {"adyen/preset.json", `{"accounts:view": "all"}`, `{"accounts:eye": "all"}`, []string{"adyen/preset.json", "roles.viewAccounts", "accounts:eye"}},
		"a role's unknown scope":           {"billpro/preset.json", `"own"`, `"mine"`, []string{"billpro/preset.json", "roles.restricted_user", "mine"}},
		"a role twice":                     {"adyen/preset.json", `"id": "viewReports"`, `"id": "viewAccounts"`, []string{"adyen/preset.json", "roles.viewAccounts", "twice"}},
		"a permission twice":               {preset, `"balances:view"`, `"users:view"`, []string{preset, "users:view", "twice"}},
		"a permission that is none":        {preset, `"payments:view"`, `"payments"`, []string{preset, "permissions", "payments"}},
		"a conflict of the unknown":        {preset, `"permissions": ["payments:approve"]`, `"permissions": ["payments:bless"]`, []string{preset, "conflicts.admin-approves-payments", "payments:bless"}},
		"a level to a group that is none":  {"b2binpay/preset.json", `"merchant": "legalMerchantOwner"`, `"merchant": "nobody"`, []string{"b2binpay/preset.json", "kyc.levels[1]", "nobody"}},
		"a stage that no level passes":     {"b2binpay/preset.json", `"stage": "kycNotVerified",`, ``, []string{"b2binpay/preset.json", "kyc.levels", "kycNotVerified"}},
		"a level that is there twice":      {"b2binpay/preset.json", `"level": 2`, `"level": 1`, []string{"b2binpay/preset.json", "kyc.levels[1]"}},
		"a policy without an id":           {policies, `@id("payments-need-approval")`, ``, []string{policies, "line 5", "@id"}},
		"a policy without a reason":        {policies, `@reason(`, `@obligation(`, []string{policies}},
		"an annotation that nobody reads":  {policies, `@obligation`, `@duty`, []string{policies, "@duty"}},
		"an id that is taken":              {policies, `payments-need-approval`, `administration`, []string{policies, "administration"}},
		"a forbid with an obligation":      {policies, `permit (`, `forbid (`, []string{policies, "payments-need-approval", "@obligation"}},
		"Cedar that does not parse":        {policies, `permit (`, `perhaps (`, []string{policies}},
		"an unknown field of a permission": {"permissions.json", `"administrative": true`, `"powerful": true`, []string{"permissions.json", "powerful"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := copied(t)
			broken := strings.Replace(string(files[test.file].Data), test.old, test.new, 1)
			if broken == string(files[test.file].Data) {
				t.Fatalf("%s has no %s", test.file, test.old)
			}
			files[test.file] = &fstest.MapFile{Data: []byte(broken)}
			engine, err := policy.NewFrom(files)
			if err != nil {
				t.Fatal(err)
			}
			err = engine.Check()
			if err == nil {
				t.Fatal("it was taken")
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not name %s", err, part)
				}
			}
		})
	}
}

func TestAPresetIsKnownUnknownOrABrokenBuild(t *testing.T) {
	t.Parallel()
	files := copied(t)
	files["adyen/preset.json"] = &fstest.MapFile{Data: []byte(`{}`)}
	engine, err := policy.NewFrom(files)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := engine.Preset("bc-connect"); !ok {
		t.Error("bc-connect is not known")
	}
	if _, ok := engine.Preset("none"); ok {
		t.Error("a preset that there is not is known")
	}
	defer func() {
		if recover() == nil {
			t.Error("a broken preset was answered")
		}
	}()
	engine.Preset("adyen")
}

func TestAQuestionThatCannotBeAnsweredIsAnError(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	bc := organisation(t, engine, "bc-connect")
	for name, question := range map[string]directory.Question{
		"no such preset":        {Principal: admin("usr_ada"), Organisation: directory.Organisation{ID: here, Preset: "none"}, Action: "listUsers"},
		"a target is missing":   {Principal: admin("usr_ada"), Organisation: bc, Action: "updateUser"},
		"the change is missing": {Principal: admin("usr_ada"), Organisation: bc, Action: "approveChange"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if decision, err := engine.Decide(question); err == nil || decision.Allowed {
				t.Errorf("answered %+v, %v", decision, err)
			}
		})
	}
	t.Run("no such preset has permissions", func(t *testing.T) {
		t.Parallel()
		if _, err := engine.Effective(admin("usr_ada"), directory.Organisation{Preset: "none"}); err == nil {
			t.Error("it has")
		}
	})
}

// A policy that cannot be evaluated would be skipped by Cedar, and what it forbids allowed.
func TestAPolicyThatFailsAllowsNothing(t *testing.T) {
	t.Parallel()
	files := copied(t)
	files["bc-connect/policies.cedar"] = &fstest.MapFile{Data: []byte(`
		@id("broken")
		@reason("Never told.")
		forbid (principal, action, resource) when { principal.shoeSize > 50 };
	`)}
	engine, err := policy.NewFrom(files)
	if err != nil {
		t.Fatal(err)
	}
	decision, err := engine.Decide(directory.Question{
		Principal: admin("usr_ada"), Organisation: organisation(t, engine, "bc-connect"), Action: "listUsers",
	})
	if err == nil || decision.Allowed || !strings.Contains(err.Error(), "broken") {
		t.Errorf("answered %+v, %v", decision, err)
	}
}

// The acts that the service asks about are in the table.
func TestEveryActIsKnown(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	known := engine.Actions()
	has := make(map[directory.Action]bool)
	for _, action := range known {
		has[action] = true
	}
	for _, action := range []directory.Action{
		"viewUser", "listUsers", "listUserTokens", "createUser", "updateUser", "duplicateUser", "deactivateUser", "reactivateUser", "removeUser",
		"resendVerification", "sendPasswordReset", "resetSecondFactor", "redirectUser", "nameOwner", "setPassword", "endUserSessions",
		"listChanges", "viewChange", "approveChange", "rejectChange", "cancelChange", "confirmChange",
		"viewOperations", "viewReviews", "viewOrganisation", "updateOrganisation", "createOrganisation", "listOrganisations",
		"createCompany", "openAccount", "listAccounts", "assignAccount", "listRoles", "createRole", "updateRole", "deleteRole",
		"evaluateAccess", "listContacts", "createContact", "updateContact", "deleteContact",
		"createServiceRequest", "listServiceRequests", "decideServiceRequest", "viewKyc", "decideKyc",
		"listCredentials", "createCredential", "revealCredential", "claimCredential", "rotateCredential", "revokeCredential",
		"listCertificates", "addCertificate", "removeCertificate",
	} {
		if !has[action] {
			t.Errorf("%s is not", action)
		}
	}
}
