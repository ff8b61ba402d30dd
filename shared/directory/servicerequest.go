package directory

import (
	"context"
	"reflect"
	"slices"
	"time"

	"mandate/shared/fault"
)

// Actions on service requests, as policies name them.
const (
	ActionCreateServiceRequest Action = "createServiceRequest"
	ActionListServiceRequests  Action = "listServiceRequests"
	ActionViewServiceRequest   Action = "viewServiceRequest"
	ActionDecideServiceRequest Action = "decideServiceRequest"
)

// RequestState is where a service request stands.
type RequestState string

// Word is the state in a person's words, in whatever language.
func (s RequestState) Word() fault.Word { return fault.Word(s) }

const (
	RequestOpen     RequestState = "open"
	RequestAccepted RequestState = "accepted"
	RequestDeclined RequestState = "declined"
	RequestExpired  RequestState = "expired"
)

// ServiceRequestTime is how long a service request waits for its decision.
const ServiceRequestTime = 30 * 24 * time.Hour

// maxNote bounds what a person writes with a service request, or with its decision, in characters.
const maxNote = 1000

// ServiceRequest asks the platform's staff for an act that only they may do (1.5). One that is accepted becomes a change,
// which whoever accepted it asks for.
type ServiceRequest struct {
	ID           ServiceRequestID
	Organisation OrganisationID
	// OrganisationName is as it was called when the request was filed: the queue is of all organisations'.
	OrganisationName string
	Act              Act
	Target           UserID // empty where the user is to be created
	TargetName       string
	// Before and After are what the act would have done when it was filed. An update is of what differs between them.
	Before *Snapshot
	After  Snapshot
	// PEM is of a certificate to be added, Fingerprint of one to be removed.
	PEM         string
	Fingerprint string
	Note        string
	Filer       Actor
	// FilerEmail and FilerLanguage are where the decision is told.
	FilerEmail    string
	FilerLanguage string
	State         RequestState
	Decider       *Actor
	Reason        string   // in the decider's words
	Change        ChangeID // of an accepted one
	CreatedAt     time.Time
	ExpiresAt     time.Time
	DecidedAt     time.Time // also when it expired; zero while it is open
	Revision      int
}

// DueAt is when the sweep should look at the request; zero when never.
func (s ServiceRequest) DueAt() time.Time {
	if s.State == RequestOpen {
		return s.ExpiresAt
	}
	return time.Time{}
}

// Ref names the request.
func (s ServiceRequest) Ref() ServiceRequestRef { return ServiceRequestRef{s.Organisation, s.ID} }

// Ref reads whose request an id names; its zero value where the id is none of ours.
func (id ServiceRequestID) Ref() ServiceRequestRef {
	const length = len(PrefixServiceRequest) + 26
	if len(id) <= length+1 || id[length] != '_' {
		return ServiceRequestRef{}
	}
	return ServiceRequestRef{OrganisationID(id[length+1:]), id}
}

// ServiceRequests files requests with the platform's staff, who decide them.
type ServiceRequests struct{ Users }

// Filing is what a service request asks for: an act on users, and what that takes.
type Filing struct {
	Act    Act
	Target UserID
	User   *NewUser // to be created
	Patch  Patch    // of an update; Give names the companies and accounts that it sets
	Give   Access
	// PEM is of a certificate to be added, Fingerprint of one to be removed.
	PEM         string
	Fingerprint string
	Note        string
}

// shape tells what is missing of a filing, and what does not belong to its act.
func (f *Filing) shape() error {
	var fields fault.Fields
	for _, part := range []struct {
		field         string
		given, needed bool
	}{
		{"target", f.Target != "", f.Act != ActCreateUser},
		{"user", f.User != nil, f.Act == ActCreateUser},
		{"patch", f.Patch != nil, f.Act == ActUpdateUser},
		{"pem", f.PEM != "", f.Act == ActAddCertificate},
		{"fingerprint", f.Fingerprint != "", f.Act == ActRemoveCertificate},
	} {
		switch {
		case part.needed && !part.given:
			fields.Add(part.field, "required", "This act needs it.")
		case part.given && !part.needed:
			fields.Add(part.field, "unexpected", "This act has no use for it.")
		}
	}
	checkText(&fields, "note", &f.Note, maxNote)
	return fields.Err()
}

// maker makes the intent of an act that can be asked for by a service request, on a user that is there.
func (s *ServiceRequests) maker(ctx context.Context, act Act, patch Patch, pem, fingerprint string) (maker, error) {
	switch act {
	case ActUpdateUser:
		return s.updating(ctx, patch), nil
	case ActDeactivateUser:
		return deactivating, nil
	case ActReactivateUser:
		return reactivating, nil
	case ActRemoveUser:
		return removing, nil
	case ActResetSecondFactor:
		return resetting, nil
	case ActAddCertificate:
		return s.addingCertificate(pem), nil
	case ActRemoveCertificate:
		return removingCertificate(fingerprint), nil
	default:
		return nil, fault.InvalidField("act", "enum", "There are no service requests for this act.")
	}
}

// File asks the platform's staff for an act (1.5). It is checked as the act itself would be; who may do it is for them to
// say who decide.
//
// They are not mailed: they work a queue, and a mail to each of them for each request would be read by nobody.
//
// Faults: invalid (naming each field and rule), forbidden; stateWrong and tooFewAdmins as of the act.
func (s *ServiceRequests) File(ctx context.Context, r Request, filing Filing) (ServiceRequest, error) {
	return once(ctx, s.Store, r, func(bool) (ServiceRequest, error) {
		v, err := s.enter(ctx, r, func(organisation OrganisationID) Want {
			give := filing.Give
			if filing.User != nil {
				give = filing.User.Access
			}
			want := wantAccess(organisation, give)
			want.Users = []UserRef{{organisation, filing.Target}}
			return want
		})
		if err != nil {
			return ServiceRequest{}, err
		}
		if err := s.decide(ctx, v, Question{Action: ActionCreateServiceRequest}); err != nil {
			return ServiceRequest{}, err
		}
		if remembered, repeated, err := v.remembered(); repeated || err != nil {
			return s.filedBefore(ctx, v, remembered, err)
		}
		if err := filing.shape(); err != nil {
			return ServiceRequest{}, err
		}
		in, err := s.wish(ctx, v, filing)
		if err != nil {
			return ServiceRequest{}, err
		}
		request := ServiceRequest{
			ID:           ServiceRequestID(s.NewID(PrefixServiceRequest) + "_" + string(v.organisation.ID)),
			Organisation: v.organisation.ID, OrganisationName: v.organisation.Name, Act: filing.Act, Target: filing.Target, TargetName: in.name,
			Before: in.before, After: in.after, PEM: filing.PEM, Fingerprint: filing.Fingerprint, Note: filing.Note,
			Filer: v.actor(), FilerEmail: v.caller.Email, FilerLanguage: v.caller.Language,
			State: RequestOpen, CreatedAt: v.now, ExpiresAt: v.now.Add(ServiceRequestTime),
		}
		entry := s.requestEntry(v, ActionCreateServiceRequest, request)
		entry.Differences = Differences(in.before, in.after)
		effects := []Effect{PutServiceRequest{request}, Log{entry}, v.expectCaller()}
		effects = append(effects, v.remember(string(request.ID), "")...)
		return request, s.carryOut(ctx, v, nil, effects...)
	})
}

// wish is the intent that a filing has, checked as the act itself would be.
func (s *ServiceRequests) wish(ctx context.Context, v visit, filing Filing) (intent, error) {
	if filing.Act == ActCreateUser {
		in, err := s.newcomer(v, filing.Act, *filing.User, Access{})
		return in, under("user", err)
	}
	make, err := s.maker(ctx, filing.Act, filing.Patch, filing.PEM, filing.Fingerprint)
	if err != nil {
		return intent{}, err
	}
	user, err := v.user(filing.Target)
	if err != nil {
		return intent{}, fault.InvalidField("target", "unknown", "There is no such user.")
	}
	in, err := make(v, user)
	if fault.Is(err, fault.NotFound) {
		return intent{}, fault.InvalidField("fingerprint", "unknown", "The user has no such certificate.")
	}
	if err != nil && filing.Patch != nil {
		err = under("patch", err)
	}
	in = userIntent(filing.Act, user, in)
	if err == nil && in.idle() {
		err = fault.InvalidField("patch", "required", "The user is so already.")
	}
	if err != nil {
		return intent{}, err
	}
	return in, s.tellFormerOwner(ctx, v, &in)
}

// under tells faulty fields under the field that they are of.
func under(field string, err error) error {
	found, ok := fault.As(err)
	if !ok || found.Code != fault.Invalid {
		return err
	}
	inner := *found
	inner.Fields = slices.Clone(found.Fields)
	for i := range inner.Fields {
		inner.Fields[i].Name = field + "." + inner.Fields[i].Name
	}
	return &inner
}

func (s *ServiceRequests) filedBefore(ctx context.Context, v visit, remembered Remembered, err error) (ServiceRequest, error) {
	if err != nil {
		return ServiceRequest{}, err
	}
	ref := ServiceRequestRef{v.organisation.ID, ServiceRequestID(remembered.Resource)}
	found, err := s.Store.Read(ctx, Want{ServiceRequests: []ServiceRequestRef{ref}})
	return found.ServiceRequests[ref], err
}

func (c *Core) requestEntry(v visit, action Action, request ServiceRequest) Entry {
	entry := c.entry(v, action, Done)
	entry.Target, entry.TargetName, entry.Change = TargetID(request.Target), request.TargetName, request.Change
	entry.Detail = string(request.ID) + " " + string(request.Act)
	return entry
}

// visit reads a request: of the caller's organisation or, for operators, of any, which its id names.
func (s *ServiceRequests) visit(ctx context.Context, r Request, id ServiceRequestID) (visit, ServiceRequest, error) {
	ref := id.Ref()
	v, err := s.enter(ctx, r, func(OrganisationID) Want {
		return Want{Organisations: []OrganisationID{ref.Organisation}, ServiceRequests: []ServiceRequestRef{ref}}
	})
	if err != nil {
		return visit{}, ServiceRequest{}, err
	}
	request, ok := v.found.ServiceRequests[ref]
	if !ok || ref.Organisation != v.organisation.ID && !v.operator() {
		return visit{}, ServiceRequest{}, fault.New(fault.NotFound, "There is no such service request.")
	}
	v.organisation = v.found.Organisations[ref.Organisation]
	return v, request, nil
}

// Get reads a service request.
//
// Faults: notFound, forbidden.
func (s *ServiceRequests) Get(ctx context.Context, r Request, id ServiceRequestID) (ServiceRequest, error) {
	v, request, err := s.visit(ctx, r, id)
	if err != nil {
		return ServiceRequest{}, err
	}
	return request, s.decide(ctx, v, Question{Action: ActionViewServiceRequest})
}

// List reads a page of the organisation's service requests, newest first; of one state where state is not empty. On the
// platform itself it is the queue: of all organisations, those of one state, which is open unless another is named.
//
// Faults: forbidden; invalid on "cursor".
func (s *ServiceRequests) List(ctx context.Context, r Request, state RequestState, page Page) ([]ServiceRequest, string, error) {
	v, err := s.enter(ctx, r, nil)
	if err != nil {
		return nil, "", err
	}
	if err := s.decide(ctx, v, Question{Action: ActionListServiceRequests}); err != nil {
		return nil, "", err
	}
	if v.organisation.ID != Platform {
		return s.Store.ServiceRequests(ctx, v.organisation.ID, state, page)
	}
	if state == "" {
		state = RequestOpen
	}
	return s.Store.ServiceRequestQueue(ctx, state, page)
}

// Verdict is the decision about a service request. Declining takes a reason.
type Verdict struct {
	Accept bool
	Reason string
}

// Judged is what a decision came to: the request, and the change that it became where it was accepted.
type Judged struct {
	Request  ServiceRequest
	Change   *Change
	Warnings []Warning
}

// Decide accepts or declines a request (1.5). An accepted one becomes a change that the operator asks for, under the
// organisation's change control. The filer may be who approves it: that the staff looked at it is the second pair of eyes,
// and where there are two admins, and the request is about one of them, nobody else could.
//
// Faults: notFound, forbidden (to decide, or to do what is asked); stateWrong where it is decided; invalid on "reason";
// those of the act.
func (s *ServiceRequests) Decide(ctx context.Context, r Request, id ServiceRequestID, verdict Verdict) (Judged, error) {
	return once(ctx, s.Store, r, func(bool) (Judged, error) {
		v, request, err := s.visit(ctx, r, id)
		if err != nil {
			return Judged{}, err
		}
		if err := s.decide(ctx, v, Question{Action: ActionDecideServiceRequest}); err != nil {
			return Judged{}, err
		}
		if _, repeated, err := v.remembered(); repeated || err != nil {
			return s.judgedBefore(ctx, request, err)
		}
		var fields fault.Fields
		if checkText(&fields, "reason", &verdict.Reason, maxNote); verdict.Reason == "" && !verdict.Accept {
			fields.Add("reason", "required", "Say why.")
		}
		if err := fields.Err(); err != nil {
			return Judged{}, err
		}
		if request.State != RequestOpen {
			return Judged{}, fault.New(fault.StateWrong, "The service request is %s.", request.State.Word())
		}
		if !v.now.Before(request.ExpiresAt) { // the sweep comes by the minute
			return Judged{}, fault.New(fault.StateWrong, "The service request has expired.")
		}
		by := v.actor()
		request.Decider, request.Reason, request.DecidedAt = &by, verdict.Reason, v.now
		if verdict.Accept {
			return s.accept(ctx, v, request)
		}
		request.State = RequestDeclined
		effects := append(s.concluded(v, request, MailServiceRequestDeclined), v.expectCaller())
		effects = append(effects, v.remember(string(id), "")...)
		return Judged{Request: request}, s.carryOut(ctx, v, nil, effects...)
	})
}

// accept makes a change of a request.
func (s *ServiceRequests) accept(ctx context.Context, v visit, request ServiceRequest) (Judged, error) {
	in, err := s.granted(ctx, &v, request)
	if err != nil {
		return Judged{}, err
	}
	in.request = request.ID
	plan, _, err := s.planned(ctx, v, in) // whose secret is for an admin to claim, not for the staff (9.1)
	if err != nil {
		return Judged{}, err
	}
	request.State, request.Change = RequestAccepted, plan.Change.ID
	plan.add(s.concluded(v, request, MailServiceRequestAccepted)...)
	judged := Judged{Request: request, Change: &plan.Change, Warnings: plan.Warnings}
	if v.Preview {
		return judged, s.foresee(ctx, v, plan)
	}
	return judged, s.commit(ctx, plan)
}

// granted is the intent of an accepted request, as things are now. It takes a read more: the id could not name them all.
func (s *ServiceRequests) granted(ctx context.Context, v *visit, request ServiceRequest) (intent, error) {
	had := Access{}
	if request.Before != nil {
		had = request.Before.Profile.Access
	}
	want := wantAccess(v.organisation.ID, gains(had, request.After.Profile.Access))
	want.Users = []UserRef{{v.organisation.ID, request.Target}}
	found, err := s.Store.Read(ctx, want)
	if err != nil {
		return intent{}, err
	}
	v.found = found
	if request.Act == ActCreateUser {
		return s.intendNew(ctx, *v, request.Act, NewUser{request.After.Kind, request.After.Profile, request.After.Status == StatusInactive, request.After.Business}, Access{})
	}
	user, err := v.user(request.Target)
	if err != nil {
		return intent{}, fault.New(fault.StateWrong, "The user is there no more.")
	}
	var patch Patch
	if request.Before != nil {
		patch = request.Before.Profile.patchTo(request.After.Profile)
	}
	make, err := s.maker(ctx, request.Act, patch, request.PEM, request.Fingerprint)
	if err != nil {
		return intent{}, err
	}
	in, err := s.intend(ctx, *v, user, request.Act, make)
	if err == nil && in.idle() {
		err = fault.New(fault.StateWrong, "The user is so already.")
	}
	return in, err
}

// patchTo is the patch that makes one profile of another: it sets the fields that differ, and leaves alone those that do
// not, whatever they are by then.
func (p Profile) patchTo(after Profile) Patch {
	return func(now *Profile) {
		was, will, is := reflect.ValueOf(p), reflect.ValueOf(after), reflect.ValueOf(now).Elem()
		for _, field := range reflect.VisibleFields(is.Type()) {
			from, to := was.FieldByIndex(field.Index), will.FieldByIndex(field.Index)
			if !field.Anonymous && !reflect.DeepEqual(from.Interface(), to.Interface()) {
				is.FieldByIndex(field.Index).Set(to)
			}
		}
	}
}

// concluded are the effects of a request's end, which its filer is told.
func (s *ServiceRequests) concluded(v visit, request ServiceRequest, mail MailKind) []Effect {
	entry := s.requestEntry(v, ActionDecideServiceRequest, request)
	entry.Detail += " " + string(request.State)
	return []Effect{PutServiceRequest{request}, Log{entry}, s.mailFiler(v.organisation, request, mail, v.now)}
}

// mailFiler tells the filer what became of its request.
func (c *Core) mailFiler(organisation Organisation, request ServiceRequest, kind MailKind, now time.Time) Effect {
	mail := Mail{
		Kind: kind, To: request.FilerEmail, Name: request.Filer.Name, Language: request.FilerLanguage,
		User: request.Filer.User, Home: request.Filer.Organisation, Subject: request.TargetName, Act: request.Act,
		Reason: request.Reason, Request: request.ID, Change: request.Change, ExpiresAt: request.ExpiresAt,
	}
	if request.Decider != nil {
		mail.Actor = request.Decider.Name
	}
	return c.enqueueMail(organisation, mail, now)
}

func (s *ServiceRequests) judgedBefore(ctx context.Context, request ServiceRequest, err error) (Judged, error) {
	judged := Judged{Request: request}
	if err != nil || request.Change == "" {
		return judged, err
	}
	ref := ChangeRef{request.Organisation, request.Change}
	found, err := s.Store.Read(ctx, Want{Changes: []ChangeRef{ref}})
	if change, ok := found.Changes[ref]; ok {
		judged.Change = &change
	}
	return judged, err
}

// expireRequest ends a service request that nobody decided (4.7).
func (w *Work) expireRequest(ctx context.Context, ref ServiceRequestRef, swept *Swept) error {
	found, err := w.Store.Read(ctx, Want{Organisations: []OrganisationID{ref.Organisation}, ServiceRequests: []ServiceRequestRef{ref}})
	if err != nil {
		return err
	}
	request, ok := found.ServiceRequests[ref]
	if at := request.DueAt(); !ok || at.IsZero() || w.Now().Before(at) {
		return nil
	}
	request.State, request.DecidedAt = RequestExpired, w.Now()
	return counted(&swept.Requests, w.Store.Commit(ctx, PutServiceRequest{request},
		w.mailFiler(found.Organisations[ref.Organisation], request, MailServiceRequestExpired, w.Now()),
		Log{Entry{
			ID: EntryID(w.NewID(PrefixEntry)), Organisation: ref.Organisation, At: request.DecidedAt, Action: "expireServiceRequest",
			Outcome: Done, Target: TargetID(request.Target), TargetName: request.TargetName, Detail: string(request.ID),
		}}))
}
