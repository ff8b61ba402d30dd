package parts

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAbandonedDataAreRemovedAndNoOthers(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	folder := func(name string, age time.Duration) (dir string, unlock func()) {
		dir = filepath.Join(parent, "mandate-"+name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		unlock, err := lock(filepath.Join(dir, lockFile))
		if err != nil {
			t.Fatal(err)
		}
		made := time.Now().Add(-age)
		if err := os.Chtimes(filepath.Join(dir, lockFile), made, made); err != nil {
			t.Fatal(err)
		}
		return dir, unlock
	}
	used, unlock := folder("used", time.Hour)
	defer unlock()
	young, unlock := folder("young", -time.Hour)
	unlock()
	abandoned, unlock := folder("abandoned", time.Hour)
	unlock()

	removeAbandoned(filepath.Join(parent, "mandate-*"))
	if !exists(used) || !exists(young) {
		t.Error("a folder in use, or one about to be, was removed")
	}
	if exists(abandoned) {
		t.Error("a folder that nobody uses is left")
	}
}
