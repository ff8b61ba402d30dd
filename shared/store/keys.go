package store

import (
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// The names of the table's attributes and indexes. The stack creates the table with them.
const (
	PartitionKey = "pk"
	SortKey      = "sk"
	// TTL holds the epoch second after which DynamoDB may delete the item.
	TTL = "ttl"
	// Document holds a record as JSON, but for what stands beside it.
	Document = "doc"

	// DueIndex orders what falls due by time. Sparse: only what waits for the sweep is in it. Keys only.
	DueIndex        = "due"
	DuePartitionKey = "duePk"
	DueSortKey      = "dueSk"

	// SeenIndex orders an organisation's users by when they were last seen. Keys only: it is written when somebody signs in,
	// and not with every change of a user.
	SeenIndex        = "seen"
	SeenPartitionKey = "seenPk"
	SeenSortKey      = "seenSk"

	// ListIndex holds the lists that need another order than the table's: changes by state, an organisation's active
	// admins, organisations, identity checks that wait. Sparse, and with the whole items, so that a page takes one query.
	ListIndex        = "list"
	ListPartitionKey = "listPk"
	ListSortKey      = "listSk"
)

// key is an item's place in the table.
type key struct{ pk, sk string }

// Partition keys of an organisation's items, and sort keys of its and its users', by what they begin with.
const (
	tenantPrefix = "o#"

	organisationKey = "o"
	userPrefix      = "u#"
	changePrefix    = "c#"
	accountPrefix   = "a#"
	companyPrefix   = "k#"
	contactPrefix   = "p#"
	emailPrefix     = "e#"
	requestPrefix   = "q#"

	sessionPrefix    = "s#"
	linkPrefix       = "l#"
	rememberedPrefix = "r#"
	kycKey           = "kyc"

	identityPrefix = "i#"
	identityKey    = "i"
	loginKey       = "login"
	addressPrefix  = "address#"
	phoneKey       = "phone"
	countedPrefix  = "tries#"
	triesPrefix    = "n#"
	dataKeyKey     = "key"
	ceremonyPrefix = "ceremony#"
	ceremonyKey    = "ceremony"

	outboxSuffix = "#outbox"
	logSuffix    = "#log"
	chainSuffix  = "#chain"

	headKey     = "head"
	blockPrefix = "b#"
	markPrefix  = "m#"
)

func ofOrganisation(id directory.OrganisationID) string { return tenantPrefix + string(id) }

func ofUser(organisation directory.OrganisationID, user directory.UserID) string {
	return ofOrganisation(organisation) + "#" + userPrefix + string(user)
}

// ownersOf reads a partition's organisation and, where it is a user's, the user.
func ownersOf(pk string) (directory.OrganisationID, directory.UserID) {
	organisation, rest, _ := strings.Cut(strings.TrimPrefix(pk, tenantPrefix), "#")
	return directory.OrganisationID(organisation), directory.UserID(strings.TrimPrefix(rest, userPrefix))
}

func organisation(id directory.OrganisationID) key { return key{ofOrganisation(id), organisationKey} }

func user(ref directory.UserRef) key {
	return key{ofOrganisation(ref.Organisation), userPrefix + string(ref.ID)}
}

func change(ref directory.ChangeRef) key {
	return key{ofOrganisation(ref.Organisation), changePrefix + string(ref.ID)}
}

func serviceRequest(ref directory.ServiceRequestRef) key {
	return key{ofOrganisation(ref.Organisation), requestPrefix + string(ref.ID)}
}

func account(ref directory.AccountRef) key {
	return key{ofOrganisation(ref.Organisation), accountPrefix + string(ref.ID)}
}

func company(ref directory.CompanyRef) key {
	return key{ofOrganisation(ref.Organisation), companyPrefix + string(ref.ID)}
}

func contact(ref directory.ContactRef) key {
	return key{ofOrganisation(ref.Organisation), contactPrefix + string(ref.ID)}
}

func session(ref directory.TicketRef) key {
	return key{ofUser(ref.Organisation, ref.User), sessionPrefix + ref.Hash}
}

// link keys sort by time, as ids do.
func link(ref directory.LinkRef) key {
	return key{ofUser(ref.Organisation, ref.User), linkPrefix + string(ref.ID)}
}

func linkRef(l directory.Link) directory.LinkRef {
	return directory.LinkRef{Organisation: l.Organisation, User: l.User, ID: l.ID}
}

// kycCase is in its user's partition: one a user.
func kycCase(ref directory.UserRef) key { return key{ofUser(ref.Organisation, ref.ID), kycKey} }

func remembered(ref directory.RememberedRef) key {
	return key{ofUser(ref.Organisation, ref.User), rememberedPrefix + ref.Key}
}

func identity(id directory.IdentityID) key { return key{identityPrefix + string(id), identityKey} }

// login is where a name leads that someone signs in with; address where one leads that is only written to.
func login(name string) key { return key{"login#" + name, loginKey} }

func address(address string, identity directory.IdentityID) key {
	return key{"login#" + address, addressPrefix + string(identity)}
}

func phone(number string) key { return key{"phone#" + number, phoneKey} }

func reservation(r directory.Reservation) key {
	switch r.Kind {
	case directory.ReserveEmail:
		return reserved(directory.AddressRef{Organisation: r.Organisation, Address: r.Name})
	case directory.ReservePhone:
		return phone(r.Name)
	default:
		return login(r.Name)
	}
}

// reserved is where an address of an organisation leads.
func reserved(ref directory.AddressRef) key {
	return key{ofOrganisation(ref.Organisation), emailPrefix + ref.Address}
}

func tries(ref directory.TriesRef) key {
	return key{countedPrefix + ref.Name, triesPrefix + ref.Network}
}

func ceremony(challenge string) key { return key{ceremonyPrefix + challenge, ceremonyKey} }

// entry is told apart in the stream by what its id begins with.
func entry(ref directory.EntryRef) key {
	return key{ofOrganisation(ref.Organisation) + logSuffix, string(ref.ID)}
}

func head(id directory.OrganisationID) key {
	return key{ofOrganisation(id) + chainSuffix, headKey}
}

func block(ref directory.BlockRef) key {
	return key{ofOrganisation(ref.Organisation) + chainSuffix, fmt.Sprintf("%s%016d", blockPrefix, ref.First)}
}

// positionOf is where a block stands by its key; 0 where the key is of none.
func positionOf(k key) int {
	position, err := strconv.Atoi(strings.TrimPrefix(k.sk, blockPrefix))
	if err != nil {
		return 0
	}
	return position
}

// mark notes which block an entry is in.
func mark(ref directory.EntryRef) key {
	return key{ofOrganisation(ref.Organisation) + chainSuffix, markPrefix + string(ref.ID)}
}

// outbox items are told apart by their sort key, which the stream's filters look at.
func outbox(ref directory.OutboxRef) key {
	return key{ofOrganisation(ref.Organisation) + outboxSuffix, string(ref.Kind) + "#" + ref.ID}
}

func dataKey(id string) key { return key{"datakey#" + id, dataKeyKey} }

// Keys of ListIndex.
func adminsList(id directory.OrganisationID) string { return ofOrganisation(id) + "#admins" }

// kycList is one partition: the platform's compliance reads it, and what it holds is what they have not decided yet.
const kycList = "kyc"

// kycWaits sorts a case by when its documents were handed in; kycWaiting finds its key.
func kycWaits(at time.Time, ref directory.UserRef) string {
	return kycKey + "#" + dueTime(at) + "#" + string(ref.Organisation) + "#" + string(ref.ID)
}

func kycWaiting(sk string) key {
	parts := append(strings.SplitN(sk, "#", 4), "", "", "") // a forged one may be short
	return kycCase(directory.UserRef{Organisation: directory.OrganisationID(parts[2]), ID: directory.UserID(parts[3])})
}

func changesList(id directory.OrganisationID, state directory.ChangeState) string {
	return ofOrganisation(id) + "#changes#" + string(state)
}

// targetLog is the list of the entries that are about one user or account.
func targetLog(organisation directory.OrganisationID, target directory.TargetID) string {
	return ofOrganisation(organisation) + logSuffix + "#" + string(target)
}

// seenList is an organisation's partition of SeenIndex, and seenAt a user's place in it.
func seenList(id directory.OrganisationID) string { return ofOrganisation(id) + "#seen" }

func seenAt(at time.Time, id directory.UserID) string { return dueTime(at) + "#" + string(id) }

// requestsQueue is one partition for all organisations: operators read it, and service requests are few.
func requestsQueue(state directory.RequestState) string { return "requests#" + string(state) }

// organisationsList is one partition: operators read it, and only an organisation's making or settings write it.
// Its order is that of names.
const (
	organisationsList  = "organisations"
	organisationPrefix = "n#"
)

func organisationAt(o directory.Organisation) string {
	return organisationPrefix + shown(directory.Fold(o.Name)) + endOfName + string(o.ID)
}

func organisationOf(sk string) directory.OrganisationID {
	_, id, _ := strings.Cut(sk, endOfName)
	return directory.OrganisationID(id)
}

// dueShards spreads what falls due over partitions, so that many changes at once do not meet in one. DynamoDB takes a
// thousand writes a second into each, which is more changes than any platform's admins make. Every further shard is half
// a unit of every sweep that finds nothing, and a connection of its first one: with eight, its start took a third longer.
const dueShards = 2

// asideShard has the outbox items that were put aside: with those that are due, where nothing looks for them.
const asideShard = "aside"

// DuePrefix begins the partition of what is due, and of nothing that was put aside.
const DuePrefix = "due#"

func dueShard(k key) string {
	hash := fnv.New32a()
	hash.Write([]byte(k.pk + k.sk))
	return DuePrefix + strconv.Itoa(int(hash.Sum32()%dueShards))
}

// dueTime sorts as it reads.
func dueTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// parseDue reads what falls due from its key alone: the index has nothing else.
func parseDue(k key, at string) (directory.Due, bool) {
	due := directory.Due{}
	due.At, _ = time.Parse("2006-01-02T15:04:05.000Z", at)
	if !strings.HasPrefix(k.pk, tenantPrefix) {
		return due, false
	}
	organisation, user := ownersOf(k.pk)
	due.Organisation = organisation
	switch {
	case strings.HasPrefix(k.sk, changePrefix):
		due.Change = directory.ChangeID(strings.TrimPrefix(k.sk, changePrefix))
	case strings.HasPrefix(k.sk, requestPrefix):
		due.Request = directory.ServiceRequestID(strings.TrimPrefix(k.sk, requestPrefix))
	case strings.HasPrefix(k.sk, userPrefix):
		due.User = directory.UserID(strings.TrimPrefix(k.sk, userPrefix))
	case strings.HasPrefix(k.sk, linkPrefix):
		due.User = user
		due.Link = directory.LinkID(strings.TrimPrefix(k.sk, linkPrefix))
	case strings.HasSuffix(k.pk, outboxSuffix):
		ref, ok := parseOutbox(k)
		due.Outbox = &ref
		return due, ok
	default:
		return due, false
	}
	return due, true
}

// parseOutbox reads an outbox item's name from its key.
func parseOutbox(k key) (directory.OutboxRef, bool) {
	tenant, ok := strings.CutSuffix(strings.TrimPrefix(k.pk, tenantPrefix), outboxSuffix)
	kind, id, named := strings.Cut(k.sk, "#")
	return directory.OutboxRef{
		Organisation: directory.OrganisationID(tenant), Kind: directory.OutboxKind(kind), ID: id,
	}, ok && named
}

// OutboxRefOf names the outbox item of a stream record by its key.
func OutboxRefOf(pk, sk string) (directory.OutboxRef, bool) { return parseOutbox(key{pk, sk}) }

// A cursor is where a page ended: its sort key, which begins as all of its list do. The partition comes from the
// session, so a forged cursor leads nowhere but to another place in one's own list.
func cursor(sk string) string { return base64.RawURLEncoding.EncodeToString([]byte(sk)) }

func parseCursor(text, prefix string) (string, error) {
	sk, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || !strings.HasPrefix(string(sk), prefix) || len(sk) > 256 || !utf8.Valid(sk) || cursor(string(sk)) != text {
		return "", foreignCursor()
	}
	return string(sk), nil
}

func foreignCursor() error {
	return fault.InvalidField("cursor", "cursor", "This cursor is not of this list.")
}
