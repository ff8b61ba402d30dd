package compile_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"mandate/infra/compile"
)

// The same source makes the same bytes: from the project, with git's folder beside it, and from a copy that lies elsewhere
// without it. The sweep stands for all: every function is made by the same flags.
func TestTheSameSourceMakesTheSameBytes(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	for _, part := range []string{"functions", "infra", "shared"} {
		copyTree(t, filepath.Join(root, part), filepath.Join(elsewhere, part))
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		copyFile(t, filepath.Join(root, file), filepath.Join(elsewhere, file))
	}
	here, there := made(t, root), made(t, elsewhere)
	if !bytes.Equal(here, there) {
		t.Errorf("the sweep has %d bytes here and %d from a copy elsewhere, and they differ", len(here), len(there))
	}
	if len(here) < 1<<20 {
		t.Errorf("the sweep has %d bytes: that is no function", len(here))
	}
}

// A build that fails leaves the binary before in its place.
func TestAFailedBuildLeavesWhatWasThere(t *testing.T) {
	t.Parallel()
	root, into := t.TempDir(), filepath.Join(t.TempDir(), "bootstrap")
	for name, text := range map[string]string{"go.mod": "module broken\n", "main.go": "package main\n\nfunc main() { undefined() }\n"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(into, []byte("before"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := compile.Binary(t.Context(), root, ".", compile.Here, into); err == nil {
		t.Error("a program that does not compile was built")
	}
	if left, err := os.ReadFile(into); err != nil || string(left) != "before" {
		t.Errorf("after the failed build the binary is %q, %v", left, err)
	}
	if beside, err := os.ReadDir(filepath.Dir(into)); err != nil || len(beside) != 1 {
		t.Errorf("the failed build left %v beside the binary, %v", beside, err)
	}
}

func made(t *testing.T, root string) []byte {
	t.Helper()
	into := filepath.Join(t.TempDir(), compile.Bootstrap)
	if err := compile.Binary(t.Context(), root, "functions/sweep/bootstrap", compile.Here, into); err != nil {
		t.Fatal(err)
	}
	built, err := os.ReadFile(into)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

// copyTree copies source files; what tools left in the tree is not source.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); name == "node_modules" || name == "artefacts" {
				return filepath.SkipDir
			}
			return nil
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		copyFile(t, path, filepath.Join(to, below))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
