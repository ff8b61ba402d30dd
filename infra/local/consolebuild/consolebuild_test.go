package consolebuild

import (
	"os"
	"path/filepath"
	"testing"
)

// put writes files into a folder, by their names.
func put(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// What goes into the console's files, and only that, has them built anew.
func TestSourcesAreToldApart(t *testing.T) {
	t.Parallel()
	web := t.TempDir()
	put(t, web, map[string]string{"src/main.tsx": "a", "package-lock.json": "{}"})
	of := func(openAPI string) string {
		t.Helper()
		sum, err := hash(web, []byte(openAPI))
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	seen := map[string]string{of("{}"): "the first"}
	differs := func(what, sum string) {
		t.Helper()
		if before, ok := seen[sum]; ok {
			t.Errorf("%s is as %s", what, before)
		}
		seen[sum] = what
	}
	differs("another API", of(`{"openapi": "3.1.0"}`))
	put(t, web, map[string]string{"src/main.tsx": "b"})
	differs("other content", of("{}"))
	put(t, web, map[string]string{"src/page.tsx": ""})
	differs("one file more", of("{}"))
	if err := os.Rename(filepath.Join(web, "src", "page.tsx"), filepath.Join(web, "src", "other.tsx")); err != nil {
		t.Fatal(err)
	}
	differs("another name", of("{}"))
	before := of("{}")
	put(t, web, map[string]string{
		"node_modules/react/index.js": "x", "artefacts/users.png": "x", "tests/users.test.mjs": "x", "README.md": "x", "src/api/schema.d.ts": "x",
	})
	if of("{}") != before {
		t.Error("what goes into no file has it built anew")
	}
}

// New files come in the place of all old ones but the checkout's own, and count once the stamp is there.
func TestNewFilesReplaceTheOld(t *testing.T) {
	t.Parallel()
	dist, files := t.TempDir(), t.TempDir()
	put(t, dist, map[string]string{".placeholder": "", "index.html": "old", "assets/old.js": "old", stamp: "old"})
	put(t, files, map[string]string{"index.html": "new", "assets/new.js": "new"})
	if current(dist, "new") || !current(dist, "old") {
		t.Error("the stamp is not what it was made of")
	}
	if err := replace(dist, files, "new"); err != nil {
		t.Fatal(err)
	}
	if !current(dist, "new") {
		t.Error("what was built does not count")
	}
	for name, there := range map[string]bool{".placeholder": true, "assets/new.js": true, "assets/old.js": false} {
		if _, err := os.Stat(filepath.Join(dist, name)); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
	if content, err := os.ReadFile(filepath.Join(dist, "index.html")); err != nil || string(content) != "new" {
		t.Errorf("%q, %v", content, err)
	}
	// A build that was interrupted counts for nothing.
	if err := replace(dist, filepath.Join(files, "nowhere"), "newer"); err == nil || current(dist, "new") || current(dist, "newer") {
		t.Errorf("interrupted: %v", err)
	}
}
