package directory

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"mandate/shared/fault"
)

// KYC is what a preset says of identity checks: its levels in the order in which they are passed. None: there are no checks.
type KYC struct {
	Levels []KYCLevel `json:"levels"`
	// Groups are the roles of which a client has one at a time: who moves to one leaves the others.
	Groups []string `json:"groups"`
}

// KYCLevel is one level of identity checks.
type KYCLevel struct {
	Level int `json:"level"`
	// Stage of onboarding that is passed with the level (1.11); empty where it is passed without.
	Stage Status `json:"stage,omitempty"`
	// Groups are the roles that passing the level moves a client to, by its type; a type that is not there has no such level.
	Groups map[string]string `json:"groups"`
}

// vouches tells whether a user answers for those whom it invites, who then need no checks of their own (1.12): a client
// who has passed them, and so is in a group that a level moves to.
func (k KYC) vouches(user User) bool {
	return user.Kind == KindRegular && slices.ContainsFunc(k.Levels, func(l KYCLevel) bool {
		for _, group := range l.Groups {
			if slices.Contains(user.Roles, group) {
				return true
			}
		}
		return false
	})
}

// move is the roles of a client that comes to a group.
func (k KYC) move(roles []string, group string) []string {
	stay := slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return slices.Contains(k.Groups, role) })
	return set(append(stay, group))
}

// KYCState is where a level stands. What is done to a level is named by the state that it leads to.
type KYCState string

// Word is the state in a person's words, in whatever language.
func (s KYCState) Word() fault.Word { return fault.Word(s) }

const (
	KYCNotStarted  KYCState = "notStarted"
	KYCSubmitted   KYCState = "submitted"   // documents were handed in
	KYCUnderReview KYCState = "underReview" // somebody of the platform's compliance has taken it up
	KYCMoreNeeded  KYCState = "moreNeeded"  // other documents are to be handed in
	KYCPassed      KYCState = "passed"
	KYCRejected    KYCState = "rejected"
)

// kycSteps are the steps that lead on from each state. Documents may have come another way, so that what was never handed
// in here may be decided about. Between two turns of any circle in it the user hands in documents, which is counted.
var kycSteps = map[KYCState][]KYCState{
	KYCNotStarted:  {KYCSubmitted, KYCUnderReview, KYCMoreNeeded, KYCPassed, KYCRejected},
	KYCSubmitted:   {KYCUnderReview, KYCMoreNeeded, KYCPassed, KYCRejected},
	KYCUnderReview: {KYCMoreNeeded, KYCPassed, KYCRejected},
	KYCMoreNeeded:  {KYCSubmitted, KYCPassed, KYCRejected},
	KYCRejected:    {KYCSubmitted},
	KYCPassed:      {},
}

// KYCStep is one thing that was done about a level: handed in by the user, or decided by staff.
type KYCStep struct {
	At        time.Time     `json:"at"`
	To        KYCState      `json:"to"`
	By        Actor         `json:"by"`
	Reason    string        `json:"reason,omitempty"`
	Documents []KYCDocument `json:"documents,omitempty"` // with KYCSubmitted
}

// KYCDocument refers to a document, which is kept elsewhere.
type KYCDocument struct {
	Kind      string `json:"kind"`
	Reference string `json:"reference"`
}

// KYCCheck is a level of a case: its steps, oldest first and for good.
type KYCCheck struct {
	Level int       `json:"level"`
	Steps []KYCStep `json:"steps"`
}

// State is where the level stands.
func (c KYCCheck) State() KYCState {
	if len(c.Steps) == 0 {
		return KYCNotStarted
	}
	return c.Steps[len(c.Steps)-1].To
}

// Submitted is when documents were handed in last, and which; its zero value where none were.
func (c KYCCheck) Submitted() KYCStep {
	for _, step := range slices.Backward(c.Steps) {
		if step.To == KYCSubmitted {
			return step
		}
	}
	return KYCStep{}
}

// Reviewer is who decided last, or has taken the level up; nil where nobody has.
func (c KYCCheck) Reviewer() *Actor {
	decisions := c.Decisions()
	if len(decisions) == 0 {
		return nil
	}
	return &decisions[len(decisions)-1].By
}

// Decisions are the steps that staff took.
func (c KYCCheck) Decisions() []KYCStep {
	return slices.DeleteFunc(slices.Clone(c.Steps), func(s KYCStep) bool { return s.To == KYCSubmitted })
}

// Business is what a client tells of its business (7.2); what it does not tell is empty.
type Business struct {
	Name                   string `json:"name,omitempty"`
	LegalName              string `json:"legalName,omitempty"`
	Type                   string `json:"type,omitempty"`
	Description            string `json:"description,omitempty"`
	OperationsArea         string `json:"operationsArea,omitempty"`
	RegistrationNumber     string `json:"registrationNumber,omitempty"`
	CountryOfIncorporation string `json:"countryOfIncorporation,omitempty"`
	Address                string `json:"address,omitempty"`
	Site                   string `json:"site,omitempty"`
	Employees              string `json:"employees,omitempty"` // as told: a number, or a range
	OtherContact           string `json:"otherContact,omitempty"`
}

// part is one of the texts, by its name.
type part struct {
	name string
	text *string
}

func (b *Business) parts() []part {
	return []part{
		{"name", &b.Name}, {"legalName", &b.LegalName}, {"type", &b.Type}, {"description", &b.Description},
		{"operationsArea", &b.OperationsArea}, {"registrationNumber", &b.RegistrationNumber},
		{"countryOfIncorporation", &b.CountryOfIncorporation}, {"address", &b.Address}, {"site", &b.Site},
		{"employees", &b.Employees}, {"otherContact", &b.OtherContact},
	}
}

// told is all of it as one text.
func (b *Business) told() string {
	if b == nil {
		return ""
	}
	var texts []string
	for _, part := range b.parts() {
		if *part.text != "" {
			texts = append(texts, *part.text)
		}
	}
	return join(texts)
}

// KYCCase is the verification of who one user is (1.12). It is a record of its own: sessions are checked without it.
type KYCCase struct {
	Organisation OrganisationID
	// OrganisationName is as it was called when documents were handed in last.
	OrganisationName string
	User             UserID
	Checks           []KYCCheck // of the levels that something was done about, in their order
	Business         Business
	Revision         int
}

// Check is that of a level.
func (c KYCCase) Check(level int) KYCCheck {
	index := slices.IndexFunc(c.Checks, func(one KYCCheck) bool { return one.Level == level })
	if index < 0 {
		return KYCCheck{Level: level}
	}
	return c.Checks[index]
}

// Waiting is the level whose documents wait for a decision; false where none do. There is one at most: each level begins
// when the one before it was passed.
func (c KYCCase) Waiting() (KYCCheck, bool) {
	for _, check := range c.Checks {
		if state := check.State(); state == KYCSubmitted || state == KYCUnderReview && !check.Submitted().At.IsZero() {
			return check, true
		}
	}
	return KYCCheck{}, false
}

// note adds a step to a level.
func (c *KYCCase) note(level int, step KYCStep) {
	check := c.Check(level)
	check.Steps = append(slices.Clone(check.Steps), step)
	checks := slices.DeleteFunc(slices.Clone(c.Checks), func(one KYCCheck) bool { return one.Level == level })
	c.Checks = append(checks, check)
	slices.SortFunc(c.Checks, func(a, b KYCCheck) int { return cmp.Compare(a.Level, b.Level) })
}

// ETag names the case's state.
func (c KYCCase) ETag() string { return fmt.Sprintf(`"%d"`, c.Revision) }

// KYCView is a case as it is looked at: with its user, and with all levels that there are for it.
type KYCView struct {
	Case   KYCCase
	User   User
	Levels []KYCLevel
}

// index is where a level is among the user's; below 0 where it has no such level.
func (v KYCView) index(level int) int {
	return slices.IndexFunc(v.Levels, func(l KYCLevel) bool { return l.Level == level })
}

// Passed is the highest level that was passed; 0 where none was.
func (v KYCView) Passed() int {
	passed := 0
	for _, level := range v.Levels {
		if v.Case.Check(level.Level).State() == KYCPassed {
			passed = level.Level
		}
	}
	return passed
}

// State is that of the level to be passed next; of the last one, where all were.
func (v KYCView) State() KYCState {
	state := KYCNotStarted
	for _, level := range v.Levels {
		if state = v.Case.Check(level.Level).State(); state != KYCPassed {
			break
		}
	}
	return state
}

// viewed is a case with the levels that its user has: those of its type, and those that everybody has to get in.
func (k KYC) viewed(found KYCCase, user User) KYCView {
	found.Organisation, found.User = user.Organisation, user.ID
	view := KYCView{Case: found, User: user}
	for _, level := range k.Levels {
		if level.Stage != "" || level.Groups[user.Type] != "" {
			view.Levels = append(view.Levels, level)
		}
	}
	return view
}

// step checks that a step may be taken now, whoever takes it.
//
// Faults: invalid on "level"; stateWrong.
func (v KYCView) step(number int, to KYCState) error {
	index := v.index(number)
	switch {
	case v.User.Kind == KindAPI:
		return fault.New(fault.StateWrong, "API users pass no identity checks.")
	case index < 0:
		return fault.InvalidField("level", "unknown", "There is no such level for this user.")
	case v.User.Status != StatusKYCNotVerified && !v.User.Active():
		return fault.New(fault.StateWrong, "The user is %s: its identity is not to be verified now.", v.User.Status.Word())
	case index > 0 && v.Case.Check(v.Levels[index-1].Level).State() != KYCPassed:
		return fault.New(fault.StateWrong, "Level %d comes first.", v.Levels[index-1].Level)
	}
	check := v.Case.Check(number)
	if state := check.State(); !slices.Contains(kycSteps[state], to) {
		return fault.New(fault.StateWrong, "Level %d is %s.", number, state.Word())
	}
	return nil
}
