package directory

import (
	"context"
	"time"
)

// Act is a kind of change: one administrative act (3.1).
type Act string

const (
	ActCreateUser        Act = "createUser"
	ActDuplicateUser     Act = "duplicateUser"
	ActUpdateUser        Act = "updateUser"
	ActDeactivateUser    Act = "deactivateUser"
	ActReactivateUser    Act = "reactivateUser"
	ActRemoveUser        Act = "removeUser"
	ActResetSecondFactor Act = "resetSecondFactor"
	ActNameOwner         Act = "nameOwner"
	ActAssignAccount     Act = "assignAccount"
	ActAddCertificate    Act = "addCertificate"
	ActRemoveCertificate Act = "removeCertificate"
	ActCreateCredential  Act = "createCredential"
	ActRotateCredential  Act = "rotateCredential"
	ActRevokeCredential  Act = "revokeCredential"
	ActCreateContact     Act = "createContact"
	ActUpdateContact     Act = "updateContact"
	ActDeleteContact     Act = "deleteContact"
	ActCreateRole        Act = "createRole"
	ActUpdateRole        Act = "updateRole"
	ActDeleteRole        Act = "deleteRole"
)

// Acts are all of them.
func Acts() []Act {
	return []Act{
		ActCreateUser, ActDuplicateUser, ActUpdateUser, ActDeactivateUser, ActReactivateUser, ActRemoveUser,
		ActResetSecondFactor, ActNameOwner, ActAssignAccount, ActAddCertificate, ActRemoveCertificate,
		ActCreateCredential, ActRotateCredential, ActRevokeCredential, ActCreateContact, ActUpdateContact, ActDeleteContact,
		ActCreateRole, ActUpdateRole, ActDeleteRole,
	}
}

// actRule is what tells one act from another on its way through the engine. An act that is asked for, shown, approved,
// delayed and ended like all others needs nothing but its row.
type actRule struct {
	// overtakes: it may be asked for while another change of its target is open, and cancels it when it takes effect (3.5).
	overtakes bool
	// creates: its target comes to be by it, and is gone where it comes to nothing.
	creates bool
	// removes: its target is gone where it takes effect.
	removes bool
	// delayed: it gives something, and takes effect after the organisation's delay (3.6). Others take effect at once.
	delayed bool
	// gives is what it gives that was not there before, for the grant limit (2.4). Nil: nothing.
	gives func(Change) Access
	// withdraw takes away at once what the change takes away, and tells whether it took something, and whether the change
	// gives anything besides, which is then delayed (3.6). Nil: it takes nothing away.
	withdraw func(*Plan) (took, gives bool)
	// becomes is what the change makes of one of its users, and nothing else: apply writes it, and who asks what an open
	// change would alter (2.9) is told by it. Nil: its users' access stays as it is.
	becomes func(Change, Organisation, *User)
	// apply makes the change effective. It holds no matter how long ago the change was decided.
	apply func(*Core, context.Context, time.Time, Organisation, *Plan) error
}

// rule of an act: the table of acts.
func (a Act) rule() actRule {
	switch a {
	case ActCreateUser, ActDuplicateUser:
		return actRule{creates: true, delayed: true, gives: givesAll, becomes: created, apply: (*Core).applyCreation}
	case ActUpdateUser:
		return actRule{delayed: true, gives: givesMore, withdraw: withdrawAccess, becomes: updated, apply: (*Core).applyUpdate}
	case ActDeactivateUser:
		return actRule{overtakes: true, becomes: deactivated, apply: (*Core).applyDeactivation}
	case ActReactivateUser:
		return actRule{delayed: true, gives: givesAll, becomes: reactivated, apply: (*Core).applyReactivation}
	case ActRemoveUser:
		return actRule{overtakes: true, removes: true, becomes: removed, apply: (*Core).applyRemoval}
	case ActResetSecondFactor:
		return actRule{apply: (*Core).applySecondFactorReset}
	case ActNameOwner:
		return actRule{delayed: true, gives: givesMore, becomes: updated, apply: (*Core).applyOwner}
	case ActAssignAccount:
		return actRule{delayed: true, gives: givesAccount, becomes: assignedTo, apply: (*Core).applyAssignment}
	case ActAddCertificate:
		return actRule{delayed: true, apply: (*Core).applyCertificates}
	case ActRemoveCertificate:
		return actRule{apply: (*Core).applyCertificates}
	case ActCreateCredential:
		return actRule{delayed: true, gives: givesAll, apply: (*Core).applyCredential}
	case ActRotateCredential: // gives whom it shows the secret to, not its user
		return actRule{gives: givesAll, apply: (*Core).applyCredential}
	case ActRevokeCredential:
		return actRule{apply: (*Core).applyRevocation}
	case ActCreateContact:
		return actRule{creates: true, apply: (*Core).applyContact}
	case ActUpdateContact:
		return actRule{apply: (*Core).applyContact}
	case ActDeleteContact:
		return actRule{removes: true, apply: (*Core).applyContact}
	case ActCreateRole:
		return actRule{creates: true, delayed: true, gives: givesRole, apply: (*Core).applyRole}
	case ActUpdateRole:
		return actRule{delayed: true, gives: givesRole, withdraw: withdrawRole, apply: (*Core).applyRole}
	case ActDeleteRole:
		return actRule{removes: true, apply: (*Core).applyRole}
	default:
		panic("directory: no rule of act " + string(a)) // acts are constants
	}
}

// asked is what the policies are asked about an act by itself: whether it may be done to each of the target's users, and of
// what is about no user, whether it may be done.
func (t *Target) asked(act Act) []Question {
	var questions []Question
	for _, user := range t.users() {
		question := Question{Action: Action(act), Target: user}
		if t.Account.ID != "" {
			question.Account = &t.Account
		}
		questions = append(questions, question)
	}
	if questions == nil {
		return []Question{{Action: Action(act)}}
	}
	return questions
}

// questions are what the policies are asked about a change: its act, with what it gives, and what it does besides.
func (t *Target) questions(change Change) []Question {
	questions, grants := t.asked(change.Act), change.grants()
	for i := range questions {
		questions[i].Grants = grants
	}
	if change.redirects() {
		questions = append(questions, Question{Action: ActionRedirectUser, Target: &t.User, Grants: t.User.Access})
	}
	return questions
}

// ActionRedirectUser is to give a user another e-mail address. It is asked about besides the update: the links that let a
// user in go there, so that under the grant limit it takes what giving all that the user has does (2.4).
const ActionRedirectUser Action = "redirectUser"

// redirects tells whether the change gives a user who signs in another e-mail address.
func (c Change) redirects() bool {
	return c.Act == ActUpdateUser && c.Before.Kind != KindAPI && fold(c.Before.Profile.Email) != fold(c.After.Profile.Email)
}

// givesAll: to a new user everything, to one that is reactivated everything that it gets back, and to who is shown a
// secret everything that it opens.
func givesAll(c Change) Access { return c.After.Profile.Access }

func givesMore(c Change) Access { return gains(c.Before.Profile.Access, c.After.Profile.Access) }

func givesAccount(c Change) Access { return Access{Accounts: []AccountID{c.After.Assignment.Account}} }

// grants is what the change gives that its target had not.
func (c Change) grants() Access {
	if gives := c.Act.rule().gives; gives != nil {
		return gives(c)
	}
	return Access{}
}
