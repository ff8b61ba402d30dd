package directory

import (
	"encoding/binary"
	"time"
)

// Ids are opaque to clients: a prefix that says the kind and a ULID, so that they sort by time and can be grepped for.
type (
	OrganisationID   string // org_…
	CompanyID        string // cmp_…
	AccountID        string // acc_…
	IdentityID       string // idn_…
	UserID           string // usr_…
	ChangeID         string // chg_…
	ServiceRequestID string // req_…_org_…: it names its organisation, so that an operator finds it from the queue of all
	ContactID        string // con_…
	EntryID          string // log_…, an entry of the operation log
	TargetID         string // of what an act is about: any of the above, its prefix says which
	LinkID           string // lnk_…, a link or code that was sent
)

// Prefixes of ids, by kind.
const (
	PrefixOrganisation   = "org_"
	PrefixCompany        = "cmp_"
	PrefixAccount        = "acc_"
	PrefixIdentity       = "idn_"
	PrefixUser           = "usr_"
	PrefixChange         = "chg_"
	PrefixContact        = "con_"
	PrefixEntry          = "log_"
	PrefixRole           = "rol_" // of an organisation's own role; a preset's have names for ids
	PrefixOutbox         = "out_"
	PrefixSession        = "ses_"
	PrefixLink           = "lnk_"
	PrefixPasskey        = "psk_"
	PrefixServiceRequest = "req_"
)

// Time is when the id was made, to the millisecond: a ULID begins with it. A user was created then, so that the order of ids
// is that of creation.
func (id UserID) Time() time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(packID(string(id))) >> 16)).UTC()
}

// Platform is the organisation of the operators, the platform's own staff.
const Platform OrganisationID = PrefixOrganisation + "00000000000000000000000000"
