package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"mandate/shared/api"
)

// report writes figures and plot into the folder, and the figures on standard output.
func (l *load) report() error {
	if err := os.MkdirAll(l.out, 0o755); err != nil {
		return err
	}
	var text strings.Builder
	l.figures(&text)
	fmt.Print(text.String())
	lines, err := os.Create(filepath.Join(l.out, "samples.jsonl"))
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(lines)
	for _, one := range l.samples {
		err = errors.Join(err, encoder.Encode(one))
	}
	return errors.Join(err, lines.Close(),
		os.WriteFile(filepath.Join(l.out, "figures.txt"), []byte(text.String()), 0o644),
		os.WriteFile(filepath.Join(l.out, "plot.svg"), []byte(plot(l.samples)), 0o644))
}

// figures are the run as a table.
func (l *load) figures(out io.Writer) {
	took := time.Since(l.begun)
	total := 0
	for _, times := range l.times {
		total += len(times)
	}
	fmt.Fprintf(out, "%d users in one organisation, %d organisations besides, filled in %s; %d clients for %s\n",
		l.ground.Users, l.ground.Organisations, l.ground.Took, l.clients, took.Round(time.Second))
	fmt.Fprintf(out, "%d requests, %.1f a second; %d wrong answers\n\n", total, float64(total)/took.Seconds(), len(l.wrong))

	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "operation\trequests\tp50 ms\tp95 ms\tp99 ms\t")
	for _, operation := range slices.Sorted(maps.Keys(l.times)) {
		times := l.times[operation]
		fmt.Fprintf(table, "%s\t%d\t%.1f\t%.1f\t%.1f\t\n", operation, len(times), percentile(times, 50), percentile(times, 95), percentile(times, 99))
	}
	table.Flush()
	if len(l.samples) == 0 {
		return
	}
	first, last := l.thirds()
	fmt.Fprintln(out)
	fmt.Fprintln(table, "process\tCPU s\tMiB resident, first third\tlast third\tpeak\t")
	for _, name := range slices.Sorted(maps.Keys(l.samples[len(l.samples)-1].Resident)) {
		resident := func(one sample) float64 { return one.Resident[name] }
		fmt.Fprintf(table, "%s\t%.1f\t%.1f\t%.1f\t%.1f\t\n", name, l.samples[len(l.samples)-1].CPU[name],
			mean(first, resident), mean(last, resident), most(l.samples, resident))
	}
	table.Flush()
	fmt.Fprintln(out)
	fmt.Fprintln(table, "read units of a first page of 50\tfirst\tlast\tmost\t")
	for _, list := range l.lists() {
		read := l.read(list)
		fmt.Fprintf(table, "%s\t%.1f\t%.1f\t%.1f\t\n", list, read[0], read[len(read)-1], slices.Max(read))
	}
	table.Flush()
}

// thirds are the first and the last third of the samples.
func (l *load) thirds() (first, last []sample) {
	third := max(1, len(l.samples)/3)
	return l.samples[:third], l.samples[len(l.samples)-third:]
}

func (l *load) lists() []string {
	names := map[string]bool{}
	for _, one := range l.samples {
		names[one.List] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// read is what a list's first page took, sample by sample.
func (l *load) read(list string) []float64 {
	var read []float64
	for _, one := range l.samples {
		if one.List == list {
			read = append(read, one.Units)
		}
	}
	return read
}

func mean(of []sample, value func(sample) float64) float64 {
	sum, count := 0.0, 0.0
	for _, one := range of {
		if v := value(one); v > 0 { // a function that does not run has no memory
			sum, count = sum+v, count+1
		}
	}
	return sum / max(count, 1)
}

func most(of []sample, value func(sample) float64) float64 {
	found := 0.0
	for _, one := range of {
		found = max(found, value(one))
	}
	return found
}

// What a run may show at most: see doc.go.
const (
	functionMB    = 256  // of a function's memory
	functionGrows = 1.25 // from the first third of a run to the last
	runnerGrows   = 1.5
	growsMB       = 16 // that are none, whatever it was before
	hashesMB      = 40 // nor those of who checks passwords: a process keeps the 19 MiB of a hash twice, from its first on
	pageUnits     = 60 // of a page of a list under one filter
	pageGrows     = 1  // and more than the first time
	combinedUnits = 170
)

// judge tells what is beyond that.
func (l *load) judge() []error {
	problems := slices.Clone(l.wrong)
	if len(l.samples) < 3 {
		return append(problems, errors.New("too few samples to judge by"))
	}
	first, last := l.thirds()
	for name := range l.samples[len(l.samples)-1].Resident {
		resident := func(one sample) float64 { return one.Resident[name] }
		before, after, grows, none := mean(first, resident), mean(last, resident), functionGrows, float64(growsMB)
		switch name {
		case databaseName: // not ours
			continue
		case runnerName:
			grows = runnerGrows
		default:
			if name == string(api.Account) {
				none += hashesMB
			}
			if peak := most(l.samples, resident); peak > functionMB {
				problems = append(problems, fmt.Errorf("%s has %.0f MiB, more than %d", name, peak, functionMB))
			}
		}
		if before > 0 && after > before*grows+none {
			problems = append(problems, fmt.Errorf("%s grew from %.0f MiB to %.0f", name, before, after))
		}
	}
	for _, filter := range l.population.Filters(l.ground.Users, l.ground.Base) {
		read := l.read(filter.Name)
		if len(read) == 0 {
			continue
		}
		bound := min(read[0]+pageGrows, pageUnits)
		if len(filter.Query) > 2 { // with the page's size
			bound = combinedUnits
		}
		if units := slices.Max(read); units > bound {
			problems = append(problems, fmt.Errorf("a page of %s reads %.1f units, first %.1f, at most %.0f", filter.Name, units, read[0], bound))
		}
	}
	return problems
}
