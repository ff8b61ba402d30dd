package stream

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
)

// position is how far a mapping has come in a shard.
type position struct {
	// SequenceNumber is that of the last record that was handled; "" is before
	// the first.
	SequenceNumber string `json:"sequenceNumber,omitempty"`
	Finished       bool   `json:"finished,omitempty"`
}

// positions are those of all mappings of a stream, and the file they are kept
// in.
type positions struct {
	path string

	mu   sync.Mutex
	kept struct {
		StreamARN string                         `json:"streamArn"`
		Functions map[string]map[string]position `json:"functions"` // by function, by shard
	}
}

// loadPositions reads a file, if there is one. The positions of another stream
// are worth nothing, and are dropped: a table that was made anew has a new
// stream.
func loadPositions(path, streamARN string) (*positions, error) {
	p := &positions{path: path}
	if path != "" {
		document, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			if err := json.Unmarshal(document, &p.kept); err != nil {
				return nil, err
			}
		}
	}
	if p.kept.StreamARN != streamARN || p.kept.Functions == nil {
		p.kept.StreamARN = streamARN
		p.kept.Functions = make(map[string]map[string]position)
	}
	return p, nil
}

func (p *positions) get(function, shard string) position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept.Functions[function][shard]
}

// advance sets the last record that was handled.
func (p *positions) advance(function, shard, sequenceNumber string) error {
	return p.set(function, shard, position{SequenceNumber: sequenceNumber})
}

// finish says that the shard was read to its end.
func (p *positions) finish(function, shard string) error {
	return p.set(function, shard, position{Finished: true})
}

// keep drops the positions of shards that the stream no longer has.
func (p *positions) keep(function string, shards []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for shard := range p.kept.Functions[function] {
		if !slices.Contains(shards, shard) {
			delete(p.kept.Functions[function], shard)
		}
	}
}

func (p *positions) set(function, shard string, at position) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept.Functions[function] == nil {
		p.kept.Functions[function] = make(map[string]position)
	}
	if p.kept.Functions[function][shard] == at {
		return nil
	}
	p.kept.Functions[function][shard] = at
	return p.write()
}

// write replaces the file in one step, so that a process that is killed leaves
// the old positions or the new ones. It does not force them onto the disk: what
// a loss of power takes is delivered again.
func (p *positions) write() error {
	if p.path == "" {
		return nil
	}
	document, err := json.Marshal(p.kept)
	if err != nil {
		return err
	}
	next := p.path + ".next"
	if err := os.WriteFile(next, document, 0o600); err != nil {
		return err
	}
	return os.Rename(next, p.path)
}
