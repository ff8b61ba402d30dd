package functionstest

import (
	"slices"
	"strings"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/mail"
	"mandate/shared/words"
)

// told holds what an answer says, and in which language.
func told(t *testing.T, a Answer, language, detail string) {
	t.Helper()
	equal(t, "language", a.Header["Content-Language"], language)
	equal(t, "detail", a.Problem().Detail, detail)
}

// 8.1: before a sign-in the request says in which language it is answered.
func TestProblemsSpeakTheRequestsLanguageBeforeSigningIn(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb")
	wrong := Body(Object{"identifier": o.Rosa.Identifier, "password": "not the password at all"})
	const english, french = "These details are not right.", "Ces informations ne sont pas correctes."
	told(t, o.World.Do("signIn", wrong), "en", english)
	told(t, o.World.Do("signIn", wrong, Header("Accept-Language", "fr-BE, en;q=0.5")), "fr", french)
	told(t, o.World.Do("signIn", wrong, Header("Accept-Language", "de")), "en", english)
}

// 8.1: afterwards the user's own language does, where the request names none that there is. What a policy says, a field's
// rule and a status in it are told in it as well.
func TestProblemsSpeakTheUsersLanguage(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	o.Ada.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)
	o.Rosa.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)

	unknown := o.Ada.Do("getUser", At("usr_nobody"))
	told(t, unknown, "fr", "Cet utilisateur n’existe pas.")
	equal(t, "title", unknown.Problem().Title, "Introuvable")
	told(t, o.Ada.Do("getUser", At("usr_nobody"), Header("Accept-Language", "en")), "en", "There is no such user.")
	told(t, o.Ada.Do("getUser", At("usr_nobody"), Header("Accept-Language", "it")), "fr", "Cet utilisateur n’existe pas.")
	told(t, o.Ben.Do("getUser", At("usr_nobody")), "en", "There is no such user.")

	denied := o.Rosa.Do("listUsers")
	told(t, denied, "fr", "Vous n’avez pas la permission que cela exige.")
	equal(t, "policy", denied.Problem().Policy, "permission-missing")

	// So does the log, which was kept in the policy's own words: for the list, and for who takes it away as CSV.
	refused := Query("actor", string(o.Rosa.ID))
	logged := func(by *Person) string {
		return Read[api.List[api.LogEntry]](t, by.Do("listOperations", refused), 200).Items[0].Detail
	}
	equal(t, "in the log", logged(o.Ada), "Vous n’avez pas la permission que cela exige.")
	equal(t, "to another", logged(o.Ben), "You do not have the permission that this takes.")
	export := o.Ada.Do("listOperations", refused, Header("Accept", "text/csv")).Want(t, 200)
	equal(t, "exported", strings.Contains(export.Text, logged(o.Ada)), true)

	short := o.Ada.Do("createUser", Body(newUser(o, Object{"username": "ab"})))
	equal(t, "a field", short.Problem().Errors[0], api.ProblemField{
		Field: "username", Rule: "minLength", Detail: "Un nom d’utilisateur compte au moins 3 caractères."})
	broken := o.Ada.Do("createUser", Body(Object{"kind": "regular"}))
	equal(t, "language", broken.Header["Content-Language"], "fr")
	equal(t, "a field's form", broken.Problem().Errors[0].Detail, "Est obligatoire.")
	told(t, o.Ada.Do("reactivateUser", At(o.Rosa.ID)), "fr", "L’utilisateur n’est pas inactif.")
}

// 8.1: so are roles and permissions, the reasons of decisions, and warnings; who has another language reads the same
// catalogue in that.
func TestCataloguesReasonsAndWarningsSpeakTheUsersLanguage(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	o.Ada.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)
	description := func(who *Person) string {
		for _, permission := range Read[api.List[api.Permission]](t, who.Do("listPermissions"), 200).Items {
			if permission.ID == "payments:view" {
				return permission.Description
			}
		}
		return ""
	}
	equal(t, "a permission in French", description(o.Ada), "Voir les paiements")
	equal(t, "and in English", description(o.Ben), "See payments")

	reason := o.Ada.Asks(t, string(o.Rosa.ID), "reports:download", o.Accounts[0]).Context.Reason
	equal(t, "a reason", reason, "Vous n’avez pas cette permission.")
	batch := Read[struct{ Evaluations []api.Evaluated }](t, o.Ada.Do("evaluateAccessBatch", Body(Object{
		"subject": Object{"type": "user", "id": o.Rosa.ID}, "resource": Object{"type": "account", "id": o.Accounts[0]},
		"evaluations": []Object{{}},
	})), 200)
	equal(t, "what is wrong with one of several", batch.Evaluations[0].Context.Error.Message, "Une évaluation l’exige.")

	preview := Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, Object{
		"permissions": []directory.Permission{"payments:initiate", "payments:approve"}, "paymentRule": "submit",
	})), Preview()), 200)
	equal(t, "warnings", len(preview.Warnings), 1)
	equal(t, "a warning", preview.Warnings[0].Detail, "L’utilisateur peut à la fois initier et approuver des paiements.")
}

// 8.1: a language that answers have, mails have as well, and users can prefer it.
func TestLanguagesAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb")
	mails, err := mail.Languages()
	if err != nil {
		t.Fatal(err)
	}
	answers := words.New().Languages()
	slices.Sort(mails)
	slices.Sort(answers)
	equal(t, "of mails", mails, answers)
	for _, language := range answers {
		o.Rosa.Do("updateMe", Body(Object{"language": language})).Want(t, 200)
	}
}
