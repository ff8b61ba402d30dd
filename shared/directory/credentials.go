package directory

import (
	"context"
	"slices"
	"strconv"
	"time"

	"mandate/shared/fault"
)

// Actions on credentials, as policies name them; those that are changes are named by their Act.
const (
	ActionListCredentials  Action = "listCredentials"
	ActionRevealCredential Action = "revealCredential"
	// ActionClaimCredential is to be shown a secret that nobody was shown yet.
	ActionClaimCredential Action = "claimCredential"
)

const (
	// maxCredentials is enough for several systems, each with the next credential beside the one that ends.
	maxCredentials = 5
	// RotationOverlap is how long a replaced secret holds where the request does not say.
	RotationOverlap = 24 * time.Hour
	maxOverlap      = 168 * time.Hour
)

// ListCredentials answers a user with its credentials, which are in its record, in the order they were made.
//
// Faults: notFound, forbidden.
func (u *Users) ListCredentials(ctx context.Context, r Request, id UserID) (User, error) {
	return u.look(ctx, r, id, ActionListCredentials)
}

// CreateCredential asks for one more client id and secret of a user that calls the API (6.1). The answer has the secret,
// which opens from the change's effect on. A zero expiresAt is until it is revoked.
//
// Faults: notFound, forbidden, changeOpen, preconditionFailed; invalid on "expiresAt"; stateWrong where the user has no
// API access, or as many credentials as it may have.
func (u *Users) CreateCredential(ctx context.Context, r Request, id UserID, expiresAt time.Time) (Answer, error) {
	return u.change(ctx, r, id, ActCreateCredential, Access{}, func(v visit, user User) (intent, error) {
		switch {
		case !user.callsAPI(v.organisation.Settings):
			return intent{}, fault.New(fault.StateWrong, "The user has no API access.")
		case len(user.Credentials) >= maxCredentials:
			return intent{}, fault.New(fault.StateWrong, "The user has %d credentials, which is as many as a user may have. Revoke one first.", maxCredentials)
		case !expiresAt.IsZero() && !expiresAt.After(v.now):
			return intent{}, fault.InvalidField("expiresAt", "future", "The credential's end is yet to come.")
		}
		after := snapshot(user)
		after.Credentials++
		after.ValidUntil = expiresAt
		return intent{after: after, issue: &Credential{ID: u.NewID(CredentialPrefix), ExpiresAt: expiresAt}}, nil
	})
}

// RotateCredential asks for a new secret under the same client id. From its effect on both hold, for the overlap, 0 to
// 168 whole hours; a rotation within the overlap of another one ends the oldest secret (6.1).
//
// Faults: notFound, also for a credential that is not the user's; forbidden, changeOpen, preconditionFailed; invalid on
// "overlapHours".
func (u *Users) RotateCredential(ctx context.Context, r Request, id UserID, credential string, overlap time.Duration) (Answer, error) {
	return u.changeCredential(ctx, r, id, credential, ActRotateCredential, func(user User, found Credential, after *Snapshot) (*Credential, error) {
		if overlap < 0 || overlap > maxOverlap {
			return nil, fault.InvalidField("overlapHours", "range", "It is from 0 to 168 hours.")
		}
		after.OverlapHours = int(overlap / time.Hour)
		found.Serial++
		after.Credential = user.shownCredential(found)
		return &found, nil
	})
}

// RevokeCredential asks for the end of a client id and its secrets, which comes with the approval and without delay (3.6).
//
// Faults: notFound, also for a credential that is not the user's; forbidden, changeOpen, preconditionFailed.
func (u *Users) RevokeCredential(ctx context.Context, r Request, id UserID, credential string) (Answer, error) {
	return u.changeCredential(ctx, r, id, credential, ActRevokeCredential, func(_ User, _ Credential, after *Snapshot) (*Credential, error) {
		after.Credential = ""
		after.Credentials--
		return nil, nil
	})
}

// changeCredential asks for an act on one of a user's credentials. Make alters what there will be, and answers the
// credential that gets a new secret, if one does.
func (u *Users) changeCredential(ctx context.Context, r Request, id UserID, credential string, act Act, make func(User, Credential, *Snapshot) (*Credential, error)) (Answer, error) {
	return u.change(ctx, r, id, act, Access{}, func(_ visit, user User) (intent, error) {
		found, ok := user.credential(credential)
		if !ok {
			return intent{}, noCredential()
		}
		before := snapshot(user)
		before.Credential = user.shownCredential(found)
		after := before
		issue, err := make(user, found, &after)
		return intent{before: &before, after: after, credential: credential, issue: issue}, err
	})
}

func noCredential() error { return fault.New(fault.NotFound, "There is no such credential.") }

// shownCredential is a credential as people tell it, and its present secret, from others.
func (u User) shownCredential(credential Credential) string {
	return u.ClientID(credential.ID) + " #" + strconv.Itoa(credential.Serial)
}

// begin lets a change give its user its first credential.
func (u *Users) begin(in *intent) {
	in.issue = &Credential{ID: u.NewID(CredentialPrefix)}
	in.after.Credentials = 1
}

// issue draws the secret of a credential that a change will put in force. Who asks is shown it, where the policies let
// them be shown it; otherwise it waits, sealed, for somebody whom they let (9.1). What a preview draws opens nothing, and
// is shown and sealed to nobody.
func (u *Users) issue(ctx context.Context, v visit, user User, credential Credential) (Credential, *Issued, error) {
	decision, err := u.Policies.Decide(Question{
		Principal: v.caller, Organisation: v.organisation, Action: ActionClaimCredential, Target: &user, Grants: user.Access,
	})
	if err != nil || v.Preview {
		return credential, nil, err
	}
	secret := newSecret()
	credential.SecretHash, credential.Serial = HashSecret(secret), max(credential.Serial, 1)
	credential.Sealed, credential.Unseen = "", !decision.Allowed
	if credential.Unseen || v.organisation.Settings.SecretsShown == SecretsAlways {
		if credential.Sealed, err = u.Sealer.Seal(ctx, secret, credential.Place()); err != nil {
			return Credential{}, nil, err
		}
	}
	issued := &Issued{ID: credential.ID, ClientID: user.ClientID(credential.ID)}
	if !credential.Unseen {
		issued.Secret = secret
	}
	return credential, issued, nil
}

// putInForce gives the user the credential that waited in the change. The secret that it replaces holds for the overlap.
func (p *Plan) putInForce(now time.Time) {
	if p.Change.Issue == nil {
		return
	}
	credential := *p.Change.Issue
	if before, there := p.User.credential(credential.ID); there {
		credential.CreatedAt, credential.RotatedAt = before.CreatedAt, now
		credential.PreviousHash, credential.PreviousUntil = before.SecretHash, now.Add(time.Duration(p.Change.After.OverlapHours)*time.Hour)
	} else {
		credential.CreatedAt = now
	}
	p.User.put(credential)
}

// applyCredential puts a new secret in force.
func (c *Core) applyCredential(_ context.Context, now time.Time, _ Organisation, plan *Plan) error {
	plan.putInForce(now)
	return nil
}

// applyRevocation takes a credential off its user: the next request with it is refused.
func (c *Core) applyRevocation(_ context.Context, _ time.Time, _ Organisation, plan *Plan) error {
	plan.User.Credentials = slices.DeleteFunc(slices.Clone(plan.User.Credentials), func(credential Credential) bool {
		return credential.ID == plan.Change.Credential
	})
	return nil
}

// RevealCredential shows a credential's secret after a fresh step-up (a passkey answers ChallengeSelf's challenge), and logs it: where the organisation has secrets
// shown at any time (6.1), and everywhere once while nobody was shown it yet, which is how one that an operator made
// gets to the organisation (9.1). A repetition under its Idempotency-Key answers without the secret.
//
// Faults: notFound, also for a credential that is not the user's; forbidden, preconditionFailed, secondFactorMissing,
// credentialsWrong, tooManyAttempts; stateWrong where the secret was not kept.
func (u *Users) RevealCredential(ctx context.Context, r Request, id UserID, credential string, factor Factor) (Issued, error) {
	return once(ctx, u.Store, r, func(bool) (Issued, error) {
		v, err := u.enter(ctx, r, func(organisation OrganisationID) Want {
			want := wantStepUp(r)
			want.Users, want.Ceremonies = []UserRef{{organisation, id}}, factor.ceremonies(u.Passkeys)
			return want
		})
		if err != nil {
			return Issued{}, err
		}
		issued := Issued{ID: credential, ClientID: ClientID(UserRef{v.organisation.ID, id}, credential)}
		if _, repeated, err := v.remembered(); repeated || err != nil {
			return issued, err
		}
		user, err := v.user(id)
		if err != nil {
			return Issued{}, err
		}
		found, known := user.credential(credential)
		action := ActionRevealCredential
		if found.Unseen {
			action = ActionClaimCredential
		}
		if err := u.decide(ctx, v, Question{Action: action, Target: &user, Grants: user.Access}); err != nil {
			return Issued{}, err
		}
		if err := r.saw(user); err != nil {
			return Issued{}, err
		}
		switch {
		case !known:
			return Issued{}, noCredential()
		case found.Sealed == "":
			return Issued{}, fault.New(fault.StateWrong, "The secret was shown once, when it was made, and was not kept. Rotate it to get a new one.")
		}
		missed := u.entry(v, action, Refused)
		missed.Target, missed.TargetName = TargetID(user.ID), user.Name.Full()
		given, err := u.stepUp(ctx, factors{u.SecondFactors, u.Passkeys}, v, missed, factor, occasionSelf(v.session))
		if err != nil {
			return Issued{}, err
		}
		if issued.Secret, err = u.Sealer.Open(ctx, found.Sealed, found.Place()); err != nil {
			return Issued{}, err
		}
		entry := u.entry(v, action, Done)
		entry.Target, entry.TargetName, entry.Detail = TargetID(user.ID), user.Name.Full(), user.shownCredential(found)
		effects := append(given.effects, PutIdentity{given.identity}, Log{entry}, v.expectCaller())
		if found.Unseen {
			found.Unseen = false
			if v.organisation.Settings.SecretsShown != SecretsAlways {
				found.Sealed = ""
			}
			user.put(found)
			effects = append(effects, v.found.put(user))
		}
		return issued, u.Store.Commit(ctx, append(effects, v.remember(string(user.ID), "")...)...)
	})
}
