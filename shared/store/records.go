package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mandate/shared/directory"
)

// item is what the table holds.
type item = map[string]types.AttributeValue

// Stored forms: mirrors of the domain's types, with names of their own. Go converts between structs whose fields are
// equal but for tags, so a field that is in one alone does not compile. A record is stored as one JSON document, but for
// the fields that its key says, and those that stand beside the document: tagged "-", they are no part of it (see record).
type (
	organisationRecord struct {
		ID           directory.OrganisationID `json:"-"`
		Name         string                   `json:"name"`
		Preset       string                   `json:"preset"`
		Settings     directory.Settings       `json:"settings"`
		Roles        []directory.OwnRole      `json:"roles"`
		Owner        directory.UserID         `json:"owner"`
		ActiveAdmins int                      `json:"-"`
		CreatedAt    time.Time                `json:"createdAt"`
		Version      int                      `json:"-"`
	}
	companyRecord struct {
		ID           directory.CompanyID      `json:"-"`
		Organisation directory.OrganisationID `json:"-"`
		Name         string                   `json:"name"`
		CreatedAt    time.Time                `json:"createdAt"`
	}
	accountRecord struct {
		ID           directory.AccountID      `json:"-"`
		Organisation directory.OrganisationID `json:"-"`
		Company      directory.CompanyID      `json:"company"`
		Name         string                   `json:"name"`
		CreatedAt    time.Time                `json:"createdAt"`
	}
	contactRecord struct {
		ID                       directory.ContactID      `json:"-"`
		Organisation             directory.OrganisationID `json:"-"`
		User                     directory.UserID         `json:"user"`
		directory.ContactDetails `json:"details"`
		Status                   directory.Status   `json:"status"`
		OpenChange               directory.ChangeID `json:"openChange"`
		CreatedAt                time.Time          `json:"createdAt"`
		UpdatedAt                time.Time          `json:"updatedAt"`
		Version                  int                `json:"version"`
		Revision                 int                `json:"-"`
	}
	userRecord struct {
		ID                directory.UserID         `json:"-"`
		Organisation      directory.OrganisationID `json:"-"`
		Identity          directory.IdentityID     `json:"identity"`
		Kind              directory.Kind           `json:"kind"`
		Owner             bool                     `json:"owner"`
		directory.Profile `json:"profile"`
		Status            directory.Status        `json:"-"`
		Resume            directory.Status        `json:"resume"`
		Reached           directory.Status        `json:"reached,omitempty"`
		SecondFactor      bool                    `json:"secondFactor"`
		Password          directory.PasswordState `json:"password"`
		OpenChange        directory.ChangeID      `json:"openChange"`
		OpenDeactivation  directory.ChangeID      `json:"openDeactivation"`
		EffectiveAt       time.Time               `json:"effectiveAt"`
		Vouched           bool                    `json:"vouched"`
		VerificationLink  directory.LinkID        `json:"verificationLink"`
		ResetLink         directory.LinkID        `json:"resetLink"`
		PhoneCode         *directory.PhoneCode    `json:"phoneCode"`
		Mailbox           *directory.Mailbox      `json:"mailbox"`
		SessionEpoch      int                     `json:"sessionEpoch"`
		Credentials       []directory.Credential  `json:"credentials"`
		Certificates      []directory.Certificate `json:"certificates"`
		Warned            map[string]int          `json:"warned"`
		LastSignInAt      time.Time               `json:"-"`
		CreatedBy         directory.UserID        `json:"createdBy"`
		CreatedAt         time.Time               `json:"createdAt"`
		UpdatedAt         time.Time               `json:"updatedAt"`
		Version           int                     `json:"-"`
		Revision          int                     `json:"-"`
	}
	identityRecord struct {
		ID                 directory.IdentityID   `json:"-"`
		Login              string                 `json:"login"`
		PasswordHash       string                 `json:"passwordHash"`
		PasswordAt         time.Time              `json:"passwordAt"`
		MustChangePassword bool                   `json:"mustChangePassword"`
		TOTP               *directory.TOTP        `json:"totp"`
		TOTPBegun          *directory.TOTP        `json:"totpBegun"`
		Passkeys           []directory.Passkey    `json:"passkeys"`
		RecoveryCodes      []string               `json:"recoveryCodes"`
		SessionEpoch       int                    `json:"sessionEpoch"`
		Members            []directory.Membership `json:"members"`
		CreatedAt          time.Time              `json:"createdAt"`
		Revision           int                    `json:"-"`
	}
	loginRecord struct {
		Name     string                 `json:"name"`
		Identity directory.IdentityID   `json:"-"`
		Members  []directory.Membership `json:"members"`
		Revision int                    `json:"-"`
	}
	changeRecord struct {
		ID                  directory.ChangeID         `json:"-"`
		Organisation        directory.OrganisationID   `json:"-"`
		Act                 directory.Act              `json:"act"`
		Target              directory.TargetID         `json:"target"`
		TargetName          string                     `json:"targetName"`
		Requester           directory.Actor            `json:"requester"`
		RequesterVersion    int                        `json:"requesterVersion"`
		OrganisationVersion int                        `json:"organisationVersion"`
		State               directory.ChangeState      `json:"state"`
		Before              *directory.Snapshot        `json:"before"`
		After               directory.Snapshot         `json:"after"`
		BaseVersion         int                        `json:"baseVersion"`
		Digest              string                     `json:"digest"`
		CreatedAt           time.Time                  `json:"createdAt"`
		ExpiresAt           time.Time                  `json:"expiresAt"`
		EffectiveAt         time.Time                  `json:"effectiveAt"`
		Approver            *directory.Actor           `json:"approver"`
		Reason              string                     `json:"reason"`
		Cause               directory.Cause            `json:"cause"`
		Reminded            bool                       `json:"reminded"`
		Timeline            []directory.Event          `json:"timeline"`
		Reserved            []directory.Reservation    `json:"reserved"`
		Releases            []directory.Reservation    `json:"releases"`
		Credential          string                     `json:"credential"`
		Issue               *directory.Credential      `json:"issue"`
		RequesterEmail      string                     `json:"requesterEmail"`
		RequesterLanguage   string                     `json:"requesterLanguage"`
		Request             directory.ServiceRequestID `json:"request"`
		TaskToken           string                     `json:"taskToken"`
		Revision            int                        `json:"-"`
	}
	sessionRecord struct {
		ID            string                   `json:"id"`
		Hash          string                   `json:"-"`
		Organisation  directory.OrganisationID `json:"-"`
		User          directory.UserID         `json:"-"`
		Identity      directory.IdentityID     `json:"identity"`
		Acting        directory.OrganisationID `json:"acting"`
		Stage         directory.SessionStage   `json:"stage"`
		UserEpoch     int                      `json:"userEpoch"`
		IdentityEpoch int                      `json:"identityEpoch"`
		SecondFactor  bool                     `json:"secondFactor"`
		Tries         int                      `json:"-"`
		CreatedAt     time.Time                `json:"createdAt"`
		LastSeenAt    time.Time                `json:"-"`
		ExpiresAt     time.Time                `json:"expiresAt"`
		Address       string                   `json:"address"`
		UserAgent     string                   `json:"userAgent"`
		Place         string                   `json:"place"`
	}
	ceremonyRecord struct {
		Challenge string               `json:"-"`
		Nonce     string               `json:"nonce"`
		Identity  directory.IdentityID `json:"identity"`
		ExpiresAt time.Time            `json:"expiresAt"`
	}
	kycCaseRecord struct {
		Organisation     directory.OrganisationID `json:"-"`
		OrganisationName string                   `json:"organisationName"`
		User             directory.UserID         `json:"-"`
		Checks           []directory.KYCCheck     `json:"checks"`
		Business         directory.Business       `json:"business"`
		Revision         int                      `json:"-"`
	}
	linkRecord struct {
		ID           directory.LinkID         `json:"-"`
		Hash         string                   `json:"hash"`
		Kind         directory.LinkKind       `json:"kind"`
		Organisation directory.OrganisationID `json:"-"`
		User         directory.UserID         `json:"-"`
		Identity     directory.IdentityID     `json:"identity"`
		To           string                   `json:"to"`
		State        directory.LinkState      `json:"-"`
		CreatedAt    time.Time                `json:"createdAt"`
		ExpiresAt    time.Time                `json:"expiresAt"`
		EndedAt      time.Time                `json:"-"`
		Delivery     *directory.Delivery      `json:"delivery"`
		Revision     int                      `json:"-"`
	}
	serviceRequestRecord struct {
		ID               directory.ServiceRequestID `json:"-"`
		Organisation     directory.OrganisationID   `json:"-"`
		OrganisationName string                     `json:"organisationName"`
		Act              directory.Act              `json:"act"`
		Target           directory.UserID           `json:"target"`
		TargetName       string                     `json:"targetName"`
		Before           *directory.Snapshot        `json:"before"`
		After            directory.Snapshot         `json:"after"`
		PEM              string                     `json:"pem"`
		Fingerprint      string                     `json:"fingerprint"`
		Note             string                     `json:"note"`
		Filer            directory.Actor            `json:"filer"`
		FilerEmail       string                     `json:"filerEmail"`
		FilerLanguage    string                     `json:"filerLanguage"`
		State            directory.RequestState     `json:"-"`
		Decider          *directory.Actor           `json:"decider"`
		Reason           string                     `json:"reason"`
		Change           directory.ChangeID         `json:"change"`
		CreatedAt        time.Time                  `json:"createdAt"`
		ExpiresAt        time.Time                  `json:"expiresAt"`
		DecidedAt        time.Time                  `json:"decidedAt"`
		Revision         int                        `json:"-"`
	}
	rememberedRecord struct {
		Ref         directory.RememberedRef `json:"-"`
		Fingerprint string                  `json:"fingerprint"`
		Resource    string                  `json:"resource"`
		Change      directory.ChangeID      `json:"change"`
		Sealed      string                  `json:"sealed,omitempty"`
		At          time.Time               `json:"at"`
	}
	triesRecord struct {
		Ref      directory.TriesRef `json:"-"`
		Failures int                `json:"failures"`
		Since    time.Time          `json:"since"`
		Familiar bool               `json:"familiar"`
		Last     string             `json:"last"`
		Revision int                `json:"-"`
	}
	entryRecord struct {
		ID           directory.EntryID        `json:"-"`
		Organisation directory.OrganisationID `json:"-"`
		At           time.Time                `json:"at"`
		Actor        *directory.Actor         `json:"actor"`
		Action       directory.Action         `json:"action"`
		Outcome      directory.Outcome        `json:"outcome"`
		Target       directory.TargetID       `json:"target"`
		TargetName   string                   `json:"targetName"`
		Change       directory.ChangeID       `json:"change"`
		Differences  []directory.Difference   `json:"differences"`
		Policy       string                   `json:"policy"`
		Detail       string                   `json:"detail"`
		Address      string                   `json:"address"`
		UserAgent    string                   `json:"userAgent"`
		Place        string                   `json:"place"`
	}
	blockRecord struct {
		Organisation directory.OrganisationID `json:"-"`
		Position     int                      `json:"-"`
		First        int                      `json:"first"`
		Entries      []directory.Fingerprint  `json:"entries"`
		SealedAt     time.Time                `json:"sealedAt"`
		Previous     string                   `json:"previous"`
		Signature    string                   `json:"signature"`
	}
	headRecord struct {
		Organisation directory.OrganisationID `json:"-"`
		Sequence     int                      `json:"-"`
		Hash         string                   `json:"hash"`
		SealedAt     time.Time                `json:"sealedAt"`
		Signature    string                   `json:"signature"`
	}
	markRecord struct {
		Block int `json:"block"`
	}
	outboxRecord struct {
		ID           string                   `json:"-"`
		Organisation directory.OrganisationID `json:"-"`
		Kind         directory.OutboxKind     `json:"-"`
		Workflow     *directory.WorkflowOrder `json:"workflow"`
		Mail         *directory.Mail          `json:"mail"`
		Reset        *directory.ResetOrder    `json:"reset"`
		Text         *directory.Text          `json:"text"`
		CreatedAt    time.Time                `json:"createdAt"`
		Rounds       int                      `json:"-"`
	}
)

// How long the table keeps what has ended, before DynamoDB may forget it.
const (
	keepSession    = 30 * 24 * time.Hour
	keepRemembered = 24 * time.Hour
	keepTries      = 90 * 24 * time.Hour
)

// attribute is a field of a record that stands beside the document: at points to an int, a string or a time.
type attribute struct {
	name string
	at   any
}

// record is a stored form. A field is stored in one place: in the key, or beside the document, or in the document. What
// an update may change is thereby never read from a document that was written before.
type record interface {
	// named sets the fields that the key says.
	named(key)
	// beside are the fields that a condition or an update names, and no others.
	beside() []attribute
}

func (r *organisationRecord) named(k key) { r.ID, _ = ownersOf(k.pk) }
func (r *organisationRecord) beside() []attribute {
	return []attribute{{"activeAdmins", &r.ActiveAdmins}, {"version", &r.Version}}
}

func (r *companyRecord) named(k key) {
	r.Organisation, _ = ownersOf(k.pk)
	r.ID = directory.CompanyID(strings.TrimPrefix(k.sk, companyPrefix))
}
func (*companyRecord) beside() []attribute { return nil }

func (r *accountRecord) named(k key) {
	r.Organisation, _ = ownersOf(k.pk)
	r.ID = directory.AccountID(strings.TrimPrefix(k.sk, accountPrefix))
}
func (*accountRecord) beside() []attribute { return nil }

func (r *contactRecord) named(k key) {
	r.Organisation, _ = ownersOf(k.pk)
	r.ID = directory.ContactID(strings.TrimPrefix(k.sk, contactPrefix))
}
func (r *contactRecord) beside() []attribute { return []attribute{{"revision", &r.Revision}} }

func (r *userRecord) named(k key) {
	r.Organisation, _ = ownersOf(k.pk)
	r.ID = directory.UserID(strings.TrimPrefix(k.sk, userPrefix))
}
func (r *userRecord) beside() []attribute {
	return []attribute{
		{"status", (*string)(&r.Status)}, {"lastSignInAt", &r.LastSignInAt}, {"version", &r.Version}, {"revision", &r.Revision},
	}
}

func (r *identityRecord) named(k key) {
	r.ID = directory.IdentityID(strings.TrimPrefix(k.pk, identityPrefix))
}
func (r *identityRecord) beside() []attribute { return []attribute{{"revision", &r.Revision}} }

func (*loginRecord) named(key) {} // a name's key depends on what it is reserved as
func (r *loginRecord) beside() []attribute {
	return []attribute{{"identity", (*string)(&r.Identity)}, {"revision", &r.Revision}}
}

func (r *changeRecord) named(k key) {
	r.Organisation, _ = ownersOf(k.pk)
	r.ID = directory.ChangeID(strings.TrimPrefix(k.sk, changePrefix))
}
func (r *changeRecord) beside() []attribute { return []attribute{{"revision", &r.Revision}} }

func (r *serviceRequestRecord) named(k key) {
	r.Organisation, _ = ownersOf(k.pk)
	r.ID = directory.ServiceRequestID(strings.TrimPrefix(k.sk, requestPrefix))
}
func (r *serviceRequestRecord) beside() []attribute {
	return []attribute{{"state", (*string)(&r.State)}, {"revision", &r.Revision}}
}

func (r *sessionRecord) named(k key) {
	r.Organisation, r.User = ownersOf(k.pk)
	r.Hash = strings.TrimPrefix(k.sk, sessionPrefix)
}
func (r *sessionRecord) beside() []attribute {
	return []attribute{{"tries", &r.Tries}, {"lastSeenAt", &r.LastSeenAt}}
}

func (r *ceremonyRecord) named(k key)       { r.Challenge = strings.TrimPrefix(k.pk, ceremonyPrefix) }
func (*ceremonyRecord) beside() []attribute { return nil }

func (r *kycCaseRecord) named(k key)         { r.Organisation, r.User = ownersOf(k.pk) }
func (r *kycCaseRecord) beside() []attribute { return []attribute{{"revision", &r.Revision}} }

func (r *linkRecord) named(k key) {
	r.Organisation, r.User = ownersOf(k.pk)
	r.ID = directory.LinkID(strings.TrimPrefix(k.sk, linkPrefix))
}
func (r *linkRecord) beside() []attribute {
	return []attribute{{"state", (*string)(&r.State)}, {"endedAt", &r.EndedAt}, {"revision", &r.Revision}}
}

func (r *rememberedRecord) named(k key) {
	r.Ref.Organisation, r.Ref.User = ownersOf(k.pk)
	r.Ref.Key = strings.TrimPrefix(k.sk, rememberedPrefix)
}
func (*rememberedRecord) beside() []attribute { return nil }

func (r *triesRecord) named(k key) {
	r.Ref.Name, r.Ref.Network = strings.TrimPrefix(k.pk, countedPrefix), strings.TrimPrefix(k.sk, triesPrefix)
}
func (r *triesRecord) beside() []attribute { return []attribute{{"revision", &r.Revision}} }

func (r *entryRecord) named(k key) {
	r.Organisation, _ = ownersOf(k.pk)
	r.ID = directory.EntryID(k.sk)
}
func (*entryRecord) beside() []attribute { return nil }

func (r *blockRecord) named(k key) {
	r.Organisation, _ = ownersOf(k.pk)
	r.Position = positionOf(k)
}
func (*blockRecord) beside() []attribute { return nil }

func (r *headRecord) named(k key)         { r.Organisation, _ = ownersOf(k.pk) }
func (r *headRecord) beside() []attribute { return []attribute{{"sequence", &r.Sequence}} }

func (*markRecord) named(key)           {}
func (*markRecord) beside() []attribute { return nil }

func (r *outboxRecord) named(k key) {
	ref, _ := parseOutbox(k)
	r.Organisation, r.Kind, r.ID = ref.Organisation, ref.Kind, ref.ID
}
func (r *outboxRecord) beside() []attribute { return []attribute{{"rounds", &r.Rounds}} }

// documents leave out what is not set; a list that is set and empty is written, and so comes back as it was. Their names
// are not looked through for doubles: this package wrote them. Bytes that are no UTF-8 become U+FFFD, as DynamoDB has it.
var documents = jsonv2.JoinOptions(
	jsonv2.OmitZeroStructFields(true), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
)

// encode makes an item of a record at its key. With an error it makes an empty one, never nil: marks may be put on it.
func encode[R any, P interface {
	*R
	record
}](k key, from R) (item, error) {
	written, err := jsonv2.Marshal(&from, documents)
	if err != nil {
		return item{}, fmt.Errorf("encode %s %s: %w", k.pk, k.sk, err)
	}
	made := item{PartitionKey: text(k.pk), SortKey: text(k.sk), Document: text(string(written))}
	for _, one := range P(&from).beside() {
		switch at := one.at.(type) {
		case *int:
			made[one.name] = number(*at)
		case *string:
			made[one.name] = text(*at)
		case *time.Time:
			if !at.IsZero() {
				made[one.name] = moment(*at)
			}
		}
	}
	return made, nil
}

// decode reads what encode made.
func decode(from item, into record) error {
	err := jsonv2.Unmarshal([]byte(stringOf(from, Document)), into, documents)
	for _, one := range into.beside() {
		if err == nil {
			err = one.take(from[one.name])
		}
	}
	k := keyOf(from)
	into.named(k)
	if err != nil {
		return fmt.Errorf("decode %s %s: %w: %w", k.pk, k.sk, directory.ErrUnreadable, err)
	}
	return nil
}

// take reads the attribute. Only a time may be missing: one that is not set is not stored.
func (a attribute) take(stored types.AttributeValue) (err error) {
	switch at := a.at.(type) {
	case *int:
		if n, ok := stored.(*types.AttributeValueMemberN); ok {
			*at, err = strconv.Atoi(n.Value)
			return err
		}
	case *string:
		if s, ok := stored.(*types.AttributeValueMemberS); ok {
			*at = s.Value
			return nil
		}
	case *time.Time:
		if stored == nil {
			return nil
		}
		if s, ok := stored.(*types.AttributeValueMemberS); ok {
			*at, err = time.Parse(time.RFC3339Nano, s.Value)
			return err
		}
	}
	return fmt.Errorf("attribute %s is %T", a.name, stored)
}

// decodeAs reads an item as a record R and converts it to its domain type.
func decodeAs[R, D any, P interface {
	*R
	record
}](convert func(R) D) func(item) (D, error) {
	return func(from item) (D, error) {
		var read R
		err := decode(from, P(&read))
		return convert(read), err
	}
}

var (
	toOrganisation   = decodeAs(func(r organisationRecord) directory.Organisation { return directory.Organisation(r) })
	toCompany        = decodeAs(func(r companyRecord) directory.Company { return directory.Company(r) })
	toAccount        = decodeAs(func(r accountRecord) directory.Account { return directory.Account(r) })
	toContact        = decodeAs(func(r contactRecord) directory.Contact { return directory.Contact(r) })
	toUser           = decodeAs(func(r userRecord) directory.User { return directory.User(r) })
	toIdentity       = decodeAs(func(r identityRecord) directory.Identity { return directory.Identity(r) })
	toLogin          = decodeAs(func(r loginRecord) directory.Login { return directory.Login(r) })
	toChange         = decodeAs(func(r changeRecord) directory.Change { return directory.Change(r) })
	toSession        = decodeAs(func(r sessionRecord) directory.Session { return directory.Session(r) })
	toCeremony       = decodeAs(func(r ceremonyRecord) directory.Ceremony { return directory.Ceremony(r) })
	toKYCCase        = decodeAs(func(r kycCaseRecord) directory.KYCCase { return directory.KYCCase(r) })
	toLink           = decodeAs(func(r linkRecord) directory.Link { return directory.Link(r) })
	toRemembered     = decodeAs(func(r rememberedRecord) directory.Remembered { return directory.Remembered(r) })
	toTries          = decodeAs(func(r triesRecord) directory.Tries { return directory.Tries(r) })
	toEntry          = decodeAs(func(r entryRecord) directory.Entry { return directory.Entry(r) })
	toHead           = decodeAs(func(r headRecord) directory.Head { return directory.Head(r) })
	toMark           = decodeAs(func(r markRecord) int { return r.Block })
	toOutbox         = decodeAs(func(r outboxRecord) directory.OutboxItem { return directory.OutboxItem(r) })
	toServiceRequest = decodeAs(func(r serviceRequestRecord) directory.ServiceRequest { return directory.ServiceRequest(r) })
)

// due marks an item for the sweep.
func (k key) due(made item, at time.Time) {
	if !at.IsZero() {
		made[DuePartitionKey], made[DueSortKey] = text(dueShard(k)), text(dueTime(at))
	}
}

// listed puts an item into a list of ListIndex.
func listed(made item, list, at string) {
	made[ListPartitionKey], made[ListSortKey] = text(list), text(at)
}

// seen puts a user into its organisation's list of SeenIndex; who cannot sign in is in none.
func seen(made item, u directory.User) {
	if at := u.SeenAt(); !at.IsZero() {
		made[SeenPartitionKey], made[SeenSortKey] = text(seenList(u.Organisation)), text(seenAt(at, u.ID))
	}
}

// forgotten lets DynamoDB forget an item.
func forgotten(made item, at time.Time) { made[TTL] = number(int(at.Unix())) }

// moment is a time as an attribute.
func moment(at time.Time) types.AttributeValue { return text(at.UTC().Format(time.RFC3339Nano)) }

func (k key) item() item { return item{PartitionKey: text(k.pk), SortKey: text(k.sk)} }

func keyOf(from item) key {
	return key{stringOf(from, PartitionKey), stringOf(from, SortKey)}
}

func stringOf(from item, name string) string {
	value, ok := from[name].(*types.AttributeValueMemberS)
	if !ok {
		return ""
	}
	return value.Value
}
