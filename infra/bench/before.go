package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// beforeFile holds the figures of the last run that somebody kept (-keep), beside this program's source.
const beforeFile = "infra/bench/figures.json"

// slack is by how much more than before a figure of a unit may be, and still be no regression; counts may not be more at
// all. Seconds are not compared between runs: they are of the machine, and of what else it did.
func slack(unit string) (share float64, compared bool) {
	switch {
	case strings.HasPrefix(unit, "times "): // a ratio to a floor of the same run
		return 0.10, true
	case strings.HasSuffix(unit, "units"), unit == "round trips", unit == "state transitions":
		return 0, true
	case strings.HasPrefix(unit, "MiB zipped"):
		return 0.02, true
	case unit == "allocations":
		return 0.05, true
	case strings.HasPrefix(unit, "MiB resident"): // a garbage collection sooner or later
		return 0.25, true
	}
	return 0, false
}

// regression is a figure that was better before.
type regression struct {
	figure
	before float64
}

// regressions are the figures that are worse than those before.
func regressions(now []figure, before map[string]float64) []regression {
	var found []regression
	for _, one := range now {
		was, known := before[one.Name]
		share, compared := slack(one.Unit)
		if known && compared && one.Value > was*(1+share) {
			found = append(found, regression{one, was})
		}
	}
	return found
}

// kept reads the figures that were kept; there are none where nobody kept any.
func kept(root string) (map[string]float64, error) {
	figures := map[string]float64{}
	text, err := os.ReadFile(filepath.Join(root, beforeFile))
	if os.IsNotExist(err) {
		return figures, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &figures); err != nil {
		return nil, fmt.Errorf("%s: %w", beforeFile, err)
	}
	return figures, nil
}

// keep writes the figures that can be compared over those of the same names, and leaves the others as they were: a run of
// one family keeps that family.
func keep(root string, now []figure, before map[string]float64) error {
	figures := maps.Clone(before)
	for _, one := range now {
		if _, compared := slack(one.Unit); compared {
			figures[one.Name] = one.Value
		}
	}
	text, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, beforeFile), append(text, '\n'), 0o644)
}
