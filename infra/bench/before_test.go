package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Counts may not grow, ratios may by a tenth, sizes by a fiftieth; seconds are of the machine, and a new figure is no worse.
func TestWhatIsWorseThanBefore(t *testing.T) {
	t.Parallel()
	before := map[string]float64{"trips": 2, "reads": 6, "ratio": 1.2, "package": 5, "seconds": 1, "gone": 1}
	now := []figure{
		{Name: "trips", Value: 3, Unit: "round trips"},
		{Name: "reads", Value: 6, Unit: "read units"},
		{Name: "ratio", Value: 1.31, Unit: "times a bare handler's"},
		{Name: "package", Value: 5.2, Unit: "MiB zipped"},
		{Name: "seconds", Value: 9, Unit: "CPU seconds per 1000"},
		{Name: "new", Value: 9, Unit: "round trips"},
	}
	want := []regression{{now[0], 2}, {now[3], 5}}
	if diff := cmp.Diff(want, regressions(now, before), cmp.AllowUnexported(regression{})); diff != "" {
		t.Errorf("worse (-want +got):\n%s", diff)
	}
}

// A run of one family keeps its figures, and leaves those of the others.
func TestKeepingAFamily(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, filepath.Dir(beforeFile)), 0o755); err != nil {
		t.Fatal(err)
	}
	figures := figures{out: &bytes.Buffer{}}
	figures.add("trips.getMe", 1, "round trips")
	figures.add("cpu.getMe", 0.7, "CPU seconds per 1000")
	for _, run := range [][]figure{figures.all, {{Name: "package.users", Value: 5, Unit: "MiB zipped"}}} {
		before, err := kept(root)
		if err != nil {
			t.Fatal(err)
		}
		if err := keep(root, run, before); err != nil {
			t.Fatal(err)
		}
	}
	got, err := kept(root)
	if diff := cmp.Diff(map[string]float64{"trips.getMe": 1, "package.users": 5}, got); diff != "" || err != nil {
		t.Errorf("kept (-want +got):\n%s%v", diff, err)
	}
}
