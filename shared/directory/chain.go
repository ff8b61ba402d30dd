package directory

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// The chain makes tampering with the operation log detectable (7.3, invariant 8). Entries are sealed in blocks: a block
// has the fingerprints of some entries, their places in the order, and the hash of the block before it; the head says
// how far the chain goes. Blocks and head are signed with a key that the table does not have, so that who can only write
// the table can neither make, change nor move one.
//
// Decisions:
//   - Sealing follows the table's stream, outside the requests: a chain in the act's own transaction would have all acts
//     of an organisation wait for one item. What the stream saw is what is sealed; what becomes of an entry between its
//     writing and its sealing is found out as well.
//   - Any order of entries is accepted. Once sealed it is fixed.
//   - A block is what came together, and an entry's mark says in which block it is: a record that comes twice finds its
//     mark. Head, block and marks are one transaction, on the condition that the head stands where it stood.
//   - The fingerprint has the time at which the table took the entry. Whoever writes an entry into the past is found out
//     by it: the entry's id tells another time.
//   - Not found out is a table that was set back as a whole, head and all. Its head's hash is told by every verification
//     and logged at every sealing, for whoever keeps what it was.
//   - Nor is a new entry, dated now, that somebody puts into the table past the service: the stream tells it as any other.
//     Who may write to the table is for IAM to say; CloudTrail's data events, where they are on, tell who did.

// Fingerprint is what the chain has of an entry.
type Fingerprint struct {
	Entry  EntryID   `json:"entry"`
	Digest string    `json:"digest"` // over all that is stored of it
	At     time.Time `json:"at"`     // when the table took it
}

// Block is a piece of the chain.
type Block struct {
	Organisation OrganisationID
	Position     int // where it stands: its first entry's place in the order, which begins with 1
	First        int // where it was made to stand
	Entries      []Fingerprint
	SealedAt     time.Time
	Previous     string // the hash of the block before it
	Signature    string // of its own hash
}

// BlockRef names a block by its first entry's place in the order.
type BlockRef struct {
	Organisation OrganisationID
	First        int
}

// Head is where the chain ends. Its zero value is that of a chain that has not begun.
type Head struct {
	Organisation OrganisationID
	Sequence     int    // how many entries are sealed
	Hash         string // of the last block
	SealedAt     time.Time
	Signature    string
}

// Signer signs what is kept in the table with a key that is not.
type Signer interface {
	Sign(ctx context.Context, text, place string) (string, error)
	// Signed tells whether a signature is of this text in this place. An error says that it cannot be told now.
	Signed(ctx context.Context, text, place, signature string) (bool, error)
}

// Hash covers all of the block but its signature, and where it happens to stand.
func (b Block) Hash() string {
	content, err := json.Marshal(struct {
		Organisation OrganisationID `json:"organisation"`
		First        int            `json:"first"`
		Entries      []Fingerprint  `json:"entries"`
		SealedAt     time.Time      `json:"sealedAt"`
		Previous     string         `json:"previous"`
	}{b.Organisation, b.First, b.Entries, b.SealedAt, b.Previous})
	if err != nil { // only of a time beyond year 9999
		return ""
	}
	sum := sha256.Sum256(content)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (b Block) place() string { return "chain/" + string(b.Organisation) + "/block" }

// last is the place of the block's last entry.
func (b Block) last() int { return b.First + len(b.Entries) - 1 }

func (h Head) text() string {
	return strconv.Itoa(h.Sequence) + " " + h.Hash + " " + h.SealedAt.UTC().Format(time.RFC3339Nano)
}

func (h Head) place() string { return "chain/" + string(h.Organisation) + "/head" }

// blockAtMost is how many entries one block seals: with their marks they go into one transaction.
const blockAtMost = 90

// Seal adds entries to an organisation's chain, and answers where it then ends. Entries that are in it already are
// passed over, so sealing twice is sealing once.
func (l *Ledger) Seal(ctx context.Context, organisation OrganisationID, entries []Fingerprint) (Head, error) {
	var head Head
	for some := range slices.Chunk(entries, blockAtMost) {
		var err error
		if head, err = attempt(ctx, func(bool) (Head, error) { return l.seal(ctx, organisation, some) }); err != nil {
			return Head{}, fmt.Errorf("seal the log of %s: %w", organisation, err)
		}
	}
	return head, nil
}

func (l *Ledger) seal(ctx context.Context, organisation OrganisationID, entries []Fingerprint) (Head, error) {
	want := Want{Heads: []OrganisationID{organisation}}
	for _, entry := range entries {
		want.Marks = append(want.Marks, EntryRef{organisation, entry.Entry})
	}
	found, err := l.Store.Read(ctx, want)
	if err != nil {
		return Head{}, err
	}
	was := found.Heads[organisation]
	block := Block{Organisation: organisation, First: was.Sequence + 1, SealedAt: l.Now(), Previous: was.Hash}
	block.Position = block.First
	effects := make([]Effect, 2, 2+len(entries))
	for _, entry := range entries {
		ref := EntryRef{organisation, entry.Entry}
		_, sealed := found.Marks[ref]
		if sealed || slices.ContainsFunc(block.Entries, func(one Fingerprint) bool { return one.Entry == entry.Entry }) {
			continue
		}
		block.Entries = append(block.Entries, entry)
		effects = append(effects, MarkEntry{ref, block.First})
	}
	if len(block.Entries) == 0 {
		return was, nil
	}
	head := Head{Organisation: organisation, Sequence: block.last(), Hash: block.Hash(), SealedAt: block.SealedAt}
	if block.Signature, err = l.Signer.Sign(ctx, head.Hash, block.place()); err != nil {
		return Head{}, err
	}
	if head.Signature, err = l.Signer.Sign(ctx, head.text(), head.place()); err != nil {
		return Head{}, err
	}
	effects[0], effects[1] = MoveHead{Head: head, From: was.Sequence}, PutBlock{block}
	return head, l.Store.Commit(ctx, effects...)
}
