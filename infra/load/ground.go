package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"mandate/functions/wire/credentials"
	"mandate/infra/local/demo"
	"mandate/infra/local/runner"
	"mandate/infra/measure"
	secrets "mandate/shared/demo"
	"mandate/shared/directory"
	"mandate/shared/store"
)

// ground is what a folder was filled with, as its marker tells.
type ground struct {
	Users, Organisations int
	Base                 time.Time // of the population
	Hash                 string    // of everyone's password
	Took                 time.Duration
}

const (
	markerFile = "load.json"
	// step is what is between the large organisation's users: a million came in eleven days.
	step = time.Second
	// large is the preset of the large organisation, one that has roles and no change control.
	large = "adyen"
)

// presets are those of the other organisations in turn.
var presets = [...]string{"adyen", "bc-connect", "leaseweb"}

// prepared has the runner's folder filled: from the one that keeps it, with what that lacks of users, or anew.
//
// The runner's is in memory: on a disk DynamoDB Local waits for it at every item, and takes ten times as long.
func prepared(ctx context.Context, o options, settings runner.Options) (ground, error) {
	begun := time.Now()
	made, err := kept(o, begun)
	if err != nil {
		return ground{}, err
	}
	there := made.Users
	if there > 0 {
		if err := duplicate(settings.DataDir, o.data); err != nil {
			return ground{}, err
		}
	}
	if there == o.users {
		return made, nil
	}
	made.Users = o.users
	if made.Hash == "" {
		if made.Hash, err = (credentials.Passwords{}).Hash(secrets.Password); err != nil {
			return ground{}, err
		}
	}
	if err := runner.Prepare(ctx, settings, func(ctx context.Context, r *runner.Runner) error { return made.fill(ctx, r, there) }); err != nil {
		return ground{}, err
	}
	made.Took += time.Since(begun).Round(time.Second)
	if o.data == "" {
		return made, nil
	}
	return made, made.keep(o.data, settings.DataDir)
}

// keep has a folder hold what another does, in place of what it held.
func (g ground) keep(data, filled string) error {
	marker, err := json.Marshal(g)
	if err != nil {
		return err
	}
	next := filepath.Clean(data) + ".filled"
	if err := duplicate(next, filled); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(next, markerFile), marker, 0o600); err != nil {
		return err
	}
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	return os.Rename(next, data)
}

// duplicate copies a folder into another; there are keys in it.
func duplicate(into, from string) error {
	if err := os.CopyFS(into, os.DirFS(from)); err != nil {
		return err
	}
	return filepath.WalkDir(into, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return os.Chmod(path, 0o600)
	})
}

// kept reads what the folder has that keeps it: no users where there is none.
func kept(o options, now time.Time) (ground, error) {
	none := ground{Organisations: o.organisations, Base: now.UTC().Add(-time.Duration(o.users) * step).Truncate(24 * time.Hour).Add(-24 * time.Hour)}
	if o.data == "" {
		return none, nil
	}
	text, err := os.ReadFile(filepath.Join(o.data, markerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return ground{}, err
	}
	var found ground
	if err := json.Unmarshal(text, &found); err != nil {
		return ground{}, fmt.Errorf("%s: %w", o.data, err)
	}
	if found.Users > o.users || found.Organisations != o.organisations || found.Base.Add(time.Duration(o.users)*step).After(now) {
		return ground{}, fmt.Errorf("%s has %d users since %s and %d organisations: say as many, or another folder",
			o.data, found.Users, found.Base.Format(time.DateOnly), found.Organisations)
	}
	return found, nil
}

// fill writes the large organisation and the others, and the users of the large one that are not there.
func (g ground) fill(ctx context.Context, r *runner.Runner, there int) error {
	maker, err := g.maker(r)
	if err != nil {
		return err
	}
	table := measure.Table{DynamoDB: r.Client(), Name: r.Table}
	population, err := g.population(ctx, maker)
	if err != nil {
		return err
	}
	write := func(what string, count int, rows func(i int) ([]measure.Row, error)) error {
		var done atomic.Int64
		defer tell(what, count, &done)()
		return table.Fill(ctx, count, func(i int) ([]measure.Row, error) {
			defer done.Add(1)
			return rows(i)
		})
	}
	if there == 0 {
		err := write("organisations", g.Organisations+1, func(i int) ([]measure.Row, error) {
			_, effects, err := g.organisation(ctx, maker, i-1)
			if err != nil {
				return nil, err
			}
			return store.Items(effects...)
		})
		if err != nil {
			return err
		}
	}
	return write("users", g.Users-there, func(i int) ([]measure.Row, error) { return population.Items(there + i) })
}

// maker makes organisations like the demo's.
func (g ground) maker(r *runner.Runner) (*demo.Maker, error) {
	core, err := r.Core()
	if err != nil {
		return nil, err
	}
	return &demo.Maker{
		Store: core.Store, Presets: core.Presets, Passwords: credentials.Passwords{Admits: core.Admits}, Sealer: core.Sealer,
		Now: func() time.Time { return g.Base.Add(-24 * time.Hour) }, // before all that the population has
	}, nil
}

// organisation is one of those besides the large one; that is the one before the first.
func (g ground) organisation(ctx context.Context, maker *demo.Maker, i int) (demo.Organisation, []directory.Effect, error) {
	if i < 0 {
		return maker.Another(ctx, large, "large", 100, g.Hash)
	}
	return maker.Another(ctx, presets[i%len(presets)], fmt.Sprintf("load-%d", i), 1000+10*i, g.Hash)
}

// population are the large organisation's users: like its regular one.
func (g ground) population(ctx context.Context, maker *demo.Maker) (measure.Population, error) {
	organisation, effects, err := g.organisation(ctx, maker, -1)
	if err != nil {
		return measure.Population{}, err
	}
	for _, effect := range effects {
		if put, ok := effect.(directory.PutUser); ok && string(put.User.ID) == organisation.Users[2].ID {
			return measure.Population{Like: put.User, Base: g.Base, Step: step}, nil
		}
	}
	return measure.Population{}, errors.New("the large organisation has no regular user")
}

// tell says on standard error how far a filling is, until it is stopped.
func tell(what string, of int, done *atomic.Int64) (stop func()) {
	end, begun := make(chan struct{}), time.Now()
	var wait sync.WaitGroup
	say := func() {
		count, took := done.Load(), time.Since(begun)
		left := time.Duration(float64(took) / float64(max(count, 1)) * float64(int64(of)-count))
		fmt.Fprintf(os.Stderr, "filling: %d of %d %s, %.0f a second, %s left\n",
			count, of, what, float64(count)/took.Seconds(), left.Round(time.Second))
	}
	wait.Go(func() {
		ticks := time.NewTicker(10 * time.Second)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				say()
			case <-end:
				say()
				return
			}
		}
	})
	return func() { close(end); wait.Wait() }
}
