package directory

import (
	"context"
	"fmt"
	"slices"

	"mandate/shared/fault"
)

// Actions on identity checks (know your customer), as policies name them.
const (
	ActionViewKyc      Action = "viewKyc"
	ActionDecideKyc    Action = "decideKyc"
	ActionListKycCases Action = "listKycCases"
)

// Bounds of a case. With them its record stays below half of what one item of the table may hold.
const (
	maxKYCDocuments   = 10
	maxKYCSubmissions = 10 // of a level
	maxKYCKind        = 64
	maxKYCReference   = 200
	maxKYCReason      = 300
	maxBusinessField  = 300
)

// KYCCases reads a page of the cases, of all organisations, that wait for the platform's compliance staff, those that wait
// the longest first.
//
// Decision: nobody is mailed when documents are handed in. Compliance is a department whose work is this list; a mail to
// each of it for each client would say what the list says, and tell of clients by mail.
//
// Faults: forbidden; invalid on "cursor".
func (o *Organisations) KYCCases(ctx context.Context, r Request, page Page) ([]KYCCase, string, error) {
	v, err := o.enter(ctx, r, nil)
	if err != nil {
		return nil, "", err
	}
	if err := o.decide(ctx, v, Question{Action: ActionListKycCases}); err != nil {
		return nil, "", err
	}
	return o.Store.KYCWaiting(ctx, page)
}

// KYC reads a user's case (1.12), as the platform's compliance staff sees it.
//
// Faults: notFound, forbidden.
func (u *Users) KYC(ctx context.Context, r Request, id UserID) (KYCView, error) {
	_, view, err := u.visitKYC(ctx, r, id, ActionViewKyc)
	return view, err
}

func (u *Users) visitKYC(ctx context.Context, r Request, id UserID, action Action) (visit, KYCView, error) {
	v, err := u.enter(ctx, r, func(organisation OrganisationID) Want {
		ref := UserRef{organisation, id}
		return Want{Users: []UserRef{ref}, KYCCases: []UserRef{ref}}
	})
	if err != nil {
		return visit{}, KYCView{}, err
	}
	user, err := v.user(id)
	if err != nil {
		return visit{}, KYCView{}, err
	}
	if err := u.decide(ctx, v, Question{Action: action, Target: &user}); err != nil {
		return visit{}, KYCView{}, err
	}
	preset, err := u.preset(v.organisation)
	return v, preset.KYC.viewed(v.found.KYCCases[UserRef{v.organisation.ID, id}], user), err
}

// DecideKYC is a decision of the platform's compliance staff about a level (1.12). Passing one moves the user to the group
// that the preset says, and on from the stage of onboarding that the level is for; the user is told by mail. It is an act
// of staff and no change: what it takes is the documents, and not the consent of the organisation that they are of.
//
// Faults: notFound, forbidden, changeOpen, preconditionFailed; invalid on "level", "outcome" and "reason"; stateWrong, also where the level
// was decided already.
func (u *Users) DecideKYC(ctx context.Context, r Request, id UserID, number int, outcome KYCState, reason string) (KYCView, error) {
	return once(ctx, u.Store, r, func(bool) (KYCView, error) {
		v, view, err := u.visitKYC(ctx, r, id, ActionDecideKyc)
		if err != nil {
			return KYCView{}, err
		}
		if _, repeated, err := v.remembered(); repeated || err != nil {
			return view, err
		}
		if err := r.saw(view.User); err != nil {
			return KYCView{}, err
		}
		var fields fault.Fields
		if !slices.Contains([]KYCState{KYCUnderReview, KYCMoreNeeded, KYCPassed, KYCRejected}, outcome) {
			fields.Add("outcome", "enum", "The outcome is underReview, moreNeeded, passed or rejected.")
		}
		checkText(&fields, "reason", &reason, maxKYCReason)
		if outcome == KYCMoreNeeded && reason == "" {
			fields.Add("reason", "required", "Say what else is needed.")
		}
		if err := fields.Err(); err != nil {
			return KYCView{}, err
		}
		if err := view.step(number, outcome); err != nil {
			return KYCView{}, err
		}
		before := snapshot(view.User)
		var effects []Effect
		if outcome == KYCPassed {
			if effects, err = u.passLevel(v, &view, number); err != nil {
				return KYCView{}, err
			}
		}
		view.Case.note(number, KYCStep{At: v.now, To: outcome, By: v.actor(), Reason: reason})

		user := view.User
		entry := u.entry(v, ActionDecideKyc, Done)
		entry.Target, entry.TargetName = TargetID(user.ID), user.Name.Full()
		entry.Detail, entry.Differences = fmt.Sprintf("level %d: %s", number, outcome), Differences(&before, snapshot(user))
		effects = append(effects, PutKYCCase{view.Case}, Log{entry}, v.expectCaller())
		if kind, told := kycMails[outcome]; told {
			mail := user.mail(kind)
			mail.Level, mail.Reason = number, reason
			effects = append(effects, u.enqueueMail(v.organisation, mail, v.now))
		}
		view.Case.Revision++
		return view, u.carryOut(ctx, v, nil, append(effects, v.remember(string(user.ID), "")...)...)
	})
}

// kycMails tell a user what was decided; that somebody has taken its case up is not told.
var kycMails = map[KYCState]MailKind{
	KYCMoreNeeded: MailKYCMoreNeeded, KYCPassed: MailKYCPassed, KYCRejected: MailKYCRejected,
}

// passLevel moves the user to the group of the level, and on from the stage that the level is for.
func (u *Users) passLevel(v visit, view *KYCView, number int) ([]Effect, error) {
	preset, err := u.preset(v.organisation)
	if err != nil {
		return nil, err
	}
	level, user := view.Levels[view.index(number)], &view.User
	if err := mayTakeChange(*user, ActUpdateUser); err != nil { // it would be undone by the change, or undo it (3.5)
		return nil, err
	}
	group := level.Groups[user.Type]
	if group == "" && user.Kind == KindRegular {
		return nil, fault.New(fault.StateWrong, "The user's type is not set, and the group that it comes to depends on it.")
	}
	if group != "" {
		user.Roles = preset.KYC.move(user.Roles, group)
	}
	var effects []Effect
	if level.Stage != "" && user.Status == level.Stage {
		effects = pass(user, v.organisation.Settings, v.now)
	}
	if level.Stage != "" && user.Reached == level.Stage {
		user.Reached = nextStage(v.organisation.Settings, *user, level.Stage)
	}
	user.UpdatedAt = v.now
	user.Version++
	was, err := v.user(user.ID)
	return append(effects, PutUser{*user, was}), err
}

// KYC reads the caller's own case.
func (s *Self) KYC(ctx context.Context, r Request) (KYCView, error) {
	_, view, err := s.visitKYC(ctx, r)
	return view, err
}

// visitKYC lets in who is to be verified, and who was.
func (s *Self) visitKYC(ctx context.Context, r Request) (visit, KYCView, error) {
	entry, err := r.entry()
	if err != nil {
		return visit{}, KYCView{}, err
	}
	v, err := s.enter(ctx, r, func(OrganisationID) Want {
		return Want{KYCCases: []UserRef{entry.user}}
	}, SessionOnboarding, SessionFull)
	if err != nil {
		return visit{}, KYCView{}, err
	}
	preset, err := s.preset(v.home)
	return v, preset.KYC.viewed(v.found.KYCCases[entry.user], v.caller), err
}

// SubmitKYC hands in the references of the caller's documents for a level, and what is told of its business (1.12). Those
// handed in before stay in the case's history.
//
// Faults: invalid; stateWrong where the level waits for nothing, or was handed in too often.
func (s *Self) SubmitKYC(ctx context.Context, r Request, number int, documents []KYCDocument, business *Business) (KYCView, error) {
	return once(ctx, s.Store, r, func(bool) (KYCView, error) {
		v, view, err := s.visitKYC(ctx, r)
		if err != nil {
			return KYCView{}, err
		}
		if _, repeated, err := v.remembered(); repeated || err != nil {
			return view, err
		}
		documents := slices.Clone(documents)
		if err := checkSubmission(documents, business); err != nil {
			return KYCView{}, err
		}
		if err := view.step(number, KYCSubmitted); err != nil {
			return KYCView{}, err
		}
		check := view.Case.Check(number)
		if len(check.Steps)-len(check.Decisions()) >= maxKYCSubmissions {
			return KYCView{}, fault.New(fault.StateWrong, "Documents were handed in too often for this level. Ask the platform's staff.")
		}
		view.Case.OrganisationName = v.organisation.Name
		view.Case.note(number, KYCStep{At: v.now, To: KYCSubmitted, By: v.actor(), Documents: documents})
		if business != nil {
			view.Case.Business = *business
		}
		entry := s.ownEntry(v, "submitKyc")
		entry.Detail = fmt.Sprintf("level %d", number)
		effects := append(v.remember(string(v.caller.ID), ""), PutKYCCase{view.Case}, Log{entry})
		view.Case.Revision++
		return view, s.Store.Commit(ctx, effects...)
	})
}

// checkSubmission brings what is handed in into its canonical form, and tells every field that breaks a rule.
func checkSubmission(documents []KYCDocument, business *Business) error {
	var fields fault.Fields
	switch {
	case len(documents) == 0:
		fields.Add("documents", "minItems", "Hand in at least one document.")
	case len(documents) > maxKYCDocuments:
		fields.Add("documents", "maxItems", "At most %d.", maxKYCDocuments)
		return fields.Err()
	}
	for i := range documents {
		checkPart(&fields, fmt.Sprintf("documents[%d].kind", i), &documents[i].Kind, maxKYCKind)
		checkPart(&fields, fmt.Sprintf("documents[%d].reference", i), &documents[i].Reference, maxKYCReference)
	}
	business.check(&fields)
	return fields.Err()
}

// check brings the texts into their canonical form, and tells each that breaks a rule.
func (b *Business) check(fields *fault.Fields) {
	if b == nil {
		return
	}
	for _, part := range b.parts() {
		checkText(fields, "business."+part.name, part.text, maxBusinessField)
	}
}

// checkBusiness checks what is told of a new user's business.
func (k KYC) checkBusiness(kind Kind, business *Business) error {
	var fields fault.Fields
	if business != nil && (len(k.Levels) == 0 || kind == KindAPI) {
		fields.Add("business", "unexpected", "This user passes no identity checks.")
	}
	business.check(&fields)
	return fields.Err()
}

// checkPart wants a text that says which document it is.
func checkPart(fields *fault.Fields, field string, text *string, max int) {
	if checkText(fields, field, text, max); *text == "" {
		fields.Add(field, "required", "Say which document it is.")
	}
}
