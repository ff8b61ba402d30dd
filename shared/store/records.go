package store

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/shared/directory"
)

// item is what the table holds.
type item = map[string]types.AttributeValue

// Stored forms: mirrors of the domain's types, with names of their own. Go converts between structs whose fields are
// equal but for tags, so a field that is in one alone does not compile. Types within them are stored by their json
// names. With omitempty a time that is not set is not stored either.
type (
	organisationRecord struct {
		ID           directory.OrganisationID `json:"id"`
		Name         string                   `json:"name"`
		Preset       string                   `json:"preset"`
		Settings     directory.Settings       `json:"settings"`
		Roles        []directory.Role         `json:"roles"`
		ActiveAdmins int                      `json:"activeAdmins"`
		CreatedAt    time.Time                `json:"createdAt"`
		Version      int                      `json:"version"`
	}
	companyRecord struct {
		ID           directory.CompanyID      `json:"id"`
		Organisation directory.OrganisationID `json:"organisation"`
		Name         string                   `json:"name"`
		CreatedAt    time.Time                `json:"createdAt"`
	}
	accountRecord struct {
		ID           directory.AccountID      `json:"id"`
		Organisation directory.OrganisationID `json:"organisation"`
		Company      directory.CompanyID      `json:"company"`
		Name         string                   `json:"name"`
		CreatedAt    time.Time                `json:"createdAt"`
	}
	userRecord struct {
		ID                directory.UserID         `json:"id"`
		Organisation      directory.OrganisationID `json:"organisation"`
		Identity          directory.IdentityID     `json:"identity"`
		Kind              directory.Kind           `json:"kind"`
		Owner             bool                     `json:"owner,omitempty"`
		directory.Profile `json:"profile"`
		Status            directory.Status   `json:"status"`
		Resume            directory.Status   `json:"resume,omitempty"`
		SecondFactor      bool               `json:"secondFactor"`
		OpenChange        directory.ChangeID `json:"openChange,omitempty"`
		OpenDeactivation  directory.ChangeID `json:"openDeactivation,omitempty"`
		EffectiveAt       time.Time          `json:"effectiveAt,omitempty"`
		VerificationLink  string             `json:"verificationLink,omitempty"`
		ResetLink         string             `json:"resetLink,omitempty"`
		SessionEpoch      int                `json:"sessionEpoch"`
		CreatedBy         directory.UserID   `json:"createdBy"`
		CreatedAt         time.Time          `json:"createdAt"`
		UpdatedAt         time.Time          `json:"updatedAt"`
		Version           int                `json:"version"`
		Revision          int                `json:"revision"`
	}
	identityRecord struct {
		ID            directory.IdentityID `json:"id"`
		Login         string               `json:"login"`
		PasswordHash  string               `json:"passwordHash,omitempty"`
		PasswordAt    time.Time            `json:"passwordAt,omitempty"`
		TOTP          *directory.TOTP      `json:"totp,omitempty"`
		TOTPBegun     *directory.TOTP      `json:"totpBegun,omitempty"`
		RecoveryCodes []string             `json:"recoveryCodes,omitempty"`
		SessionEpoch  int                  `json:"sessionEpoch"`
		CreatedAt     time.Time            `json:"createdAt"`
		Revision      int                  `json:"revision"`
	}
	loginRecord struct {
		Name     string                 `json:"name"`
		Identity directory.IdentityID   `json:"identity"`
		Members  []directory.Membership `json:"members"`
		Revision int                    `json:"revision"`
	}
	changeRecord struct {
		ID                directory.ChangeID       `json:"id"`
		Organisation      directory.OrganisationID `json:"organisation"`
		Act               directory.Act            `json:"act"`
		Target            directory.TargetID       `json:"target"`
		TargetName        string                   `json:"targetName"`
		Requester         directory.Actor          `json:"requester"`
		RequesterVersion  int                      `json:"requesterVersion"`
		State             directory.ChangeState    `json:"state"`
		Before            *directory.Snapshot      `json:"before,omitempty"`
		After             directory.Snapshot       `json:"after"`
		BaseVersion       int                      `json:"baseVersion"`
		Digest            string                   `json:"digest"`
		CreatedAt         time.Time                `json:"createdAt"`
		ExpiresAt         time.Time                `json:"expiresAt"`
		EffectiveAt       time.Time                `json:"effectiveAt,omitempty"`
		Approver          *directory.Actor         `json:"approver,omitempty"`
		Reason            string                   `json:"reason,omitempty"`
		Cause             directory.Cause          `json:"cause,omitempty"`
		Reminded          bool                     `json:"reminded,omitempty"`
		Timeline          []directory.Event        `json:"timeline"`
		Reserved          []directory.Reservation  `json:"reserved,omitempty"`
		Releases          []directory.Reservation  `json:"releases,omitempty"`
		RequesterEmail    string                   `json:"requesterEmail"`
		RequesterLanguage string                   `json:"requesterLanguage"`
		TaskToken         string                   `json:"taskToken,omitempty"`
		Revision          int                      `json:"revision"`
	}
	sessionRecord struct {
		ID            string                   `json:"id"`
		Hash          string                   `json:"hash"`
		Organisation  directory.OrganisationID `json:"organisation"`
		User          directory.UserID         `json:"user"`
		Identity      directory.IdentityID     `json:"identity"`
		Acting        directory.OrganisationID `json:"acting"`
		Stage         directory.SessionStage   `json:"stage"`
		UserEpoch     int                      `json:"userEpoch"`
		IdentityEpoch int                      `json:"identityEpoch"`
		Tries         int                      `json:"tries"`
		CreatedAt     time.Time                `json:"createdAt"`
		LastSeenAt    time.Time                `json:"lastSeenAt"`
		ExpiresAt     time.Time                `json:"expiresAt"`
		Address       string                   `json:"address,omitempty"`
		UserAgent     string                   `json:"userAgent,omitempty"`
	}
	credentialRecord struct {
		ID           string                   `json:"id"`
		Organisation directory.OrganisationID `json:"organisation"`
		User         directory.UserID         `json:"user"`
		SecretHash   string                   `json:"secretHash"`
		CreatedAt    time.Time                `json:"createdAt"`
		ExpiresAt    time.Time                `json:"expiresAt,omitempty"`
	}
	linkRecord struct {
		Hash         string                   `json:"hash"`
		Kind         directory.LinkKind       `json:"kind"`
		Organisation directory.OrganisationID `json:"organisation"`
		User         directory.UserID         `json:"user"`
		Identity     directory.IdentityID     `json:"identity"`
		To           string                   `json:"to"`
		State        directory.LinkState      `json:"state"`
		CreatedAt    time.Time                `json:"createdAt"`
		ExpiresAt    time.Time                `json:"expiresAt"`
		EndedAt      time.Time                `json:"endedAt,omitempty"`
		Revision     int                      `json:"revision"`
	}
	rememberedRecord struct {
		Ref         directory.RememberedRef `json:"ref"`
		Fingerprint string                  `json:"fingerprint"`
		Resource    string                  `json:"resource,omitempty"`
		Change      directory.ChangeID      `json:"change,omitempty"`
		At          time.Time               `json:"at"`
	}
	triesRecord struct {
		Ref      directory.TriesRef `json:"ref"`
		Failures int                `json:"failures"`
		Since    time.Time          `json:"since,omitempty"`
		Familiar bool               `json:"familiar,omitempty"`
		Revision int                `json:"revision"`
	}
	entryRecord struct {
		ID           directory.EntryID        `json:"id"`
		Organisation directory.OrganisationID `json:"organisation"`
		At           time.Time                `json:"at"`
		Actor        *directory.Actor         `json:"actor,omitempty"`
		Action       directory.Action         `json:"action"`
		Outcome      directory.Outcome        `json:"outcome"`
		Target       directory.TargetID       `json:"target,omitempty"`
		TargetName   string                   `json:"targetName,omitempty"`
		Change       directory.ChangeID       `json:"change,omitempty"`
		Differences  []directory.Difference   `json:"differences,omitempty"`
		Policy       string                   `json:"policy,omitempty"`
		Detail       string                   `json:"detail,omitempty"`
		Address      string                   `json:"address,omitempty"`
		UserAgent    string                   `json:"userAgent,omitempty"`
	}
	outboxRecord struct {
		ID           string                   `json:"id"`
		Organisation directory.OrganisationID `json:"organisation"`
		Kind         directory.OutboxKind     `json:"kind"`
		Workflow     *directory.WorkflowOrder `json:"workflow,omitempty"`
		Mail         *directory.Mail          `json:"mail,omitempty"`
		Reset        *directory.ResetOrder    `json:"reset,omitempty"`
		CreatedAt    time.Time                `json:"createdAt"`
		Rounds       int                      `json:"rounds"`
	}
)

// How long the table keeps what has ended, before DynamoDB may forget it.
const (
	keepSession    = 30 * 24 * time.Hour
	keepRemembered = 24 * time.Hour
	keepTries      = 90 * 24 * time.Hour
)

// encode makes an item of a record at its key. With an error it makes an empty one, never nil: marks may be put on it.
func encode(k key, record any) (item, error) {
	made, err := attributevalue.MarshalMapWithOptions(record, func(o *attributevalue.EncoderOptions) {
		o.TagKey, o.OmitEmptyTime = "json", true
	})
	if err != nil {
		return item{}, fmt.Errorf("encode %s %s: %w", k.pk, k.sk, err)
	}
	made[PartitionKey], made[SortKey] = text(k.pk), text(k.sk)
	return made, nil
}

func decode(from item, record any) error {
	if err := attributevalue.UnmarshalMapWithOptions(from, record, func(o *attributevalue.DecoderOptions) { o.TagKey = "json" }); err != nil {
		k := keyOf(from)
		return fmt.Errorf("decode %s %s: %w", k.pk, k.sk, err)
	}
	return nil
}

// decodeAs reads an item as a record R and converts it to its domain type.
func decodeAs[R, D any](convert func(R) D) func(item) (D, error) {
	return func(from item) (D, error) {
		var record R
		err := decode(from, &record)
		return convert(record), err
	}
}

var (
	toOrganisation = decodeAs(func(r organisationRecord) directory.Organisation { return directory.Organisation(r) })
	toCompany      = decodeAs(func(r companyRecord) directory.Company { return directory.Company(r) })
	toAccount      = decodeAs(func(r accountRecord) directory.Account { return directory.Account(r) })
	toUser         = decodeAs(func(r userRecord) directory.User { return directory.User(r) })
	toIdentity     = decodeAs(func(r identityRecord) directory.Identity { return directory.Identity(r) })
	toLogin        = decodeAs(func(r loginRecord) directory.Login { return directory.Login(r) })
	toChange       = decodeAs(func(r changeRecord) directory.Change { return directory.Change(r) })
	toSession      = decodeAs(func(r sessionRecord) directory.Session { return directory.Session(r) })
	toCredential   = decodeAs(func(r credentialRecord) directory.Credential { return directory.Credential(r) })
	toLink         = decodeAs(func(r linkRecord) directory.Link { return directory.Link(r) })
	toRemembered   = decodeAs(func(r rememberedRecord) directory.Remembered { return directory.Remembered(r) })
	toTries        = decodeAs(func(r triesRecord) directory.Tries { return directory.Tries(r) })
	toEntry        = decodeAs(func(r entryRecord) directory.Entry { return directory.Entry(r) })
	toOutbox       = decodeAs(func(r outboxRecord) directory.OutboxItem { return directory.OutboxItem(r) })
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

// forgotten lets DynamoDB forget an item.
func forgotten(made item, at time.Time) { made[TTL] = number(int(at.Unix())) }

// moment is a time as encode stores it.
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
