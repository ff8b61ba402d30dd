package directory

import (
	"context"
	"strconv"
	"strings"
	"time"

	"mandate/shared/fault"
)

// Tampering is what was done to the log or its chain.
type Tampering string

const (
	Altered   Tampering = "altered"   // what is there is not what was written
	Removed   Tampering = "removed"   // it is not there any more
	Reordered Tampering = "reordered" // a block stands elsewhere than it was put
	Inserted  Tampering = "inserted"  // it was not written when and where it says, or no block has it
	Unsealed  Tampering = "unsealed"  // it should be in the chain for long, and is not
)

// Finding is one thing that is wrong with the log.
type Finding struct {
	Kind     Tampering
	Entry    EntryID // empty where the chain itself was tampered with
	Sequence int     // the place in the order; zero where there is none
	Count    int     // how many places, from Sequence on
}

// Verification is what was found out about a stretch of the log.
type Verification struct {
	Checked  int  // fingerprints and entries that were held against each other
	Pending  int  // entries so young that the chain need not have them
	Head     Head // the chain's end. To keep, and to compare with at a later time
	Findings []Finding
	Next     string // where to go on; empty when all of the log was verified
}

const (
	// sealingTakes is how long an entry may wait to be sealed: the stream brings it within a second, and again while
	// something behind it does not answer.
	sealingTakes = 5 * time.Minute
	// clocksDiffer is by how much the table's clock and a function's may.
	clocksDiffer = 5 * time.Minute
	// A verification looks at so much at once, and then answers where to go on.
	checkedAtOnce = 1000
	blocksAtOnce  = 10
	entriesAtOnce = 200
)

// Verify walks the organisation's chain from its beginning and then the log, in bounded stretches: the first holds every
// block against its signature, its neighbour and the entries that it sealed, the second every entry against its block.
//
// Faults: forbidden; invalid on "cursor".
func (l *Ledger) Verify(ctx context.Context, r Request, cursor string) (Verification, error) {
	at, err := parsePlace(cursor)
	if err != nil {
		return Verification{}, err
	}
	v, err := l.enter(ctx, r, nil)
	if err != nil {
		return Verification{}, err
	}
	if err := l.decide(ctx, v, Question{Action: ActionViewOperations}); err != nil {
		return Verification{}, err
	}
	walk := walk{Ledger: l, organisation: v.organisation.ID, now: v.now, at: at}
	for walk.found.Checked < checkedAtOnce && !walk.at.end {
		step := walk.chain
		if walk.at.inLog {
			step = walk.log
		}
		if err := step(ctx); err != nil {
			return Verification{}, err
		}
	}
	if !walk.at.end {
		walk.found.Next = walk.at.String()
	}
	return walk.found, nil
}

// place is how far a verification has come: in the chain, which block is next and what hash it should continue; then in
// the log.
type place struct {
	next   int
	hash   string
	inLog  bool
	cursor string // of the log's list
	end    bool
}

func (p place) String() string {
	if p.inLog {
		return "log." + p.cursor
	}
	return "chain." + strconv.Itoa(p.next) + "." + p.hash
}

func parsePlace(text string) (place, error) {
	if text == "" {
		return place{next: 1}, nil
	}
	if cursor, ok := strings.CutPrefix(text, "log."); ok {
		return place{inLog: true, cursor: cursor}, nil
	}
	if rest, ok := strings.CutPrefix(text, "chain."); ok {
		number, hash, _ := strings.Cut(rest, ".")
		if next, err := strconv.Atoi(number); err == nil && next > 0 {
			return place{next: next, hash: hash}, nil
		}
	}
	return place{}, fault.InvalidField("cursor", "cursor", "This cursor is not of this list.")
}

// unknown is the hash of a block that was tampered with: what the next one should continue cannot be told.
const unknown = "?"

// walk is a verification on its way.
type walk struct {
	*Ledger
	organisation OrganisationID
	now          time.Time
	at           place
	found        Verification
}

func (w *walk) tell(kind Tampering, entry EntryID, sequence, count int) {
	w.found.Findings = append(w.found.Findings, Finding{kind, entry, sequence, count})
}

// chain goes some blocks on.
func (w *walk) chain(ctx context.Context) error {
	blocks, err := w.Store.Blocks(ctx, w.organisation, w.at.next, blocksAtOnce)
	if err != nil {
		return err
	}
	// The head is read after the blocks: it is as new as they are, or newer.
	want := Want{Heads: []OrganisationID{w.organisation}}
	for _, block := range blocks {
		for _, one := range block.Entries {
			want.Digests = append(want.Digests, EntryRef{w.organisation, one.Entry})
		}
	}
	found, err := w.Store.Read(ctx, want)
	if err != nil {
		return err
	}
	w.found.Head = found.Heads[w.organisation]
	for _, block := range blocks {
		if err := w.block(ctx, block); err != nil {
			return err
		}
		for i, one := range block.Entries {
			w.entry(one, block.Position+i, found.Digests)
		}
	}
	if len(blocks) == blocksAtOnce {
		return nil
	}
	if w.found.Head.Sequence >= w.at.next && len(blocks) > 0 {
		return nil // as the head is newer, there may be more by now
	}
	if err := w.head(ctx); err != nil {
		return err
	}
	w.at.inLog = true
	return nil
}

// block holds a block against its signature and against the one before it, and goes on behind it.
func (w *walk) block(ctx context.Context, block Block) error {
	hash := block.Hash()
	signed, err := w.Signer.Signed(ctx, hash, block.place(), block.Signature)
	if err != nil {
		return err
	}
	if gap := block.Position - w.at.next; gap > 0 {
		w.tell(Removed, "", w.at.next, gap)
	}
	switch {
	case !signed:
		w.tell(Altered, "", block.Position, len(block.Entries))
	case block.First != block.Position, block.Position < w.at.next:
		w.tell(Reordered, "", block.Position, len(block.Entries))
	case block.Position == w.at.next && w.at.hash != unknown && block.Previous != w.at.hash:
		w.tell(Altered, "", block.Position-1, 1)
	default:
		w.at.next, w.at.hash = block.Position+len(block.Entries), hash
		return nil
	}
	// What follows was made to follow another block; that is told once.
	w.at.next, w.at.hash = block.Position+max(len(block.Entries), 1), unknown
	return nil
}

// entry holds what was sealed of an entry against what is stored of it.
func (w *walk) entry(one Fingerprint, sequence int, stored map[EntryRef]string) {
	w.found.Checked++
	switch digest, there := stored[EntryRef{w.organisation, one.Entry}]; {
	case !there:
		w.tell(Removed, one.Entry, sequence, 1)
	case digest != one.Digest:
		w.tell(Altered, one.Entry, sequence, 1)
	case one.At.Sub(one.Entry.Time()).Abs() > clocksDiffer:
		w.tell(Inserted, one.Entry, sequence, 1)
	}
}

// head holds the chain's end against the last block.
func (w *walk) head(ctx context.Context) error {
	head, last := w.found.Head, w.at.next-1
	if head.Sequence > last {
		w.tell(Removed, "", w.at.next, head.Sequence-last)
	}
	if head.Sequence == 0 {
		if last > 0 {
			w.tell(Removed, "", 0, 0)
		}
		return nil
	}
	signed, err := w.Signer.Signed(ctx, head.text(), head.place(), head.Signature)
	if err != nil {
		return err
	}
	if !signed || head.Sequence < last || head.Sequence == last && w.at.hash != unknown && head.Hash != w.at.hash {
		w.tell(Altered, "", 0, 0)
	}
	return nil
}

// log goes some entries on.
func (w *walk) log(ctx context.Context) error {
	entries, next, err := w.Store.Entries(ctx, w.organisation, Page{Limit: entriesAtOnce, Cursor: w.at.cursor})
	if err != nil {
		return err
	}
	want := Want{Heads: []OrganisationID{w.organisation}}
	for _, entry := range entries {
		want.Marks = append(want.Marks, EntryRef{w.organisation, entry})
	}
	marked, err := w.Store.Read(ctx, want)
	if err != nil {
		return err
	}
	w.found.Head = marked.Heads[w.organisation]
	want = Want{}
	for _, first := range marked.Marks {
		want.Blocks = append(want.Blocks, BlockRef{w.organisation, first})
	}
	found, err := w.Store.Read(ctx, want)
	if err != nil {
		return err
	}
	sealed := make(map[EntryID]bool, len(entries))
	for _, block := range found.Blocks {
		for _, one := range block.Entries {
			sealed[one.Entry] = true
		}
	}
	for _, entry := range entries {
		w.found.Checked++
		_, marked := marked.Marks[EntryRef{w.organisation, entry}]
		switch {
		case marked && !sealed[entry]:
			w.tell(Inserted, entry, 0, 0)
		case !marked && w.now.Sub(entry.Time()) < sealingTakes:
			w.found.Pending++
		case !marked:
			w.tell(Unsealed, entry, 0, 0)
		}
	}
	w.at.cursor, w.at.end = next, next == ""
	return nil
}

// Time is when the entry was made, which its id begins with.
func (id EntryID) Time() time.Time {
	packed := packID(string(id))
	var milliseconds int64
	for _, one := range packed[:6] {
		milliseconds = milliseconds<<8 | int64(one)
	}
	return time.UnixMilli(milliseconds)
}
