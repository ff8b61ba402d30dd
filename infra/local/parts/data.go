package parts

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// lockFile in a data folder is locked by the process whose part uses it.
const lockFile = ".lock"

// dataDir returns the folder for a part's data (none in memory), and what gives it back.
func dataDir(part, folder string, o Options) (dir string, release func(), err error) {
	switch {
	case o.InMemory && o.DataDir != "":
		return "", nil, fmt.Errorf("%s is to keep its data both in memory and in %s", part, o.DataDir)
	case o.InMemory:
		return "", func() {}, nil
	case o.DataDir == "":
		return passingDir(folder)
	}
	dir, err = filepath.Abs(filepath.Join(o.DataDir, folder))
	if err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, fmt.Errorf("data of %s: %w", part, err)
	}
	unlock, err := lock(filepath.Join(dir, lockFile))
	if err != nil {
		return "", nil, fmt.Errorf("data of %s: %w", part, err)
	}
	return dir, unlock, nil
}

// passingDir returns a fresh folder, in memory where possible, that release removes.
func passingDir(folder string) (dir string, release func(), err error) {
	const prefix = "mandate-"
	parent := MemoryDir()
	removeAbandoned(filepath.Join(parent, prefix+"*"))
	dir, err = os.MkdirTemp(parent, prefix+folder+"-")
	if err != nil {
		return "", nil, err
	}
	unlock, err := lock(filepath.Join(dir, lockFile))
	if err != nil {
		os.RemoveAll(dir)
		return "", nil, err
	}
	return dir, func() { os.RemoveAll(dir); unlock() }, nil
}

// removeAbandoned removes the folders of processes that were killed before they could: those
// whose lock nobody holds. They are memory that nothing else would ever give back.
func removeAbandoned(pattern string) {
	dirs, _ := filepath.Glob(pattern) // the pattern is well formed
	for _, dir := range dirs {
		path := filepath.Join(dir, lockFile)
		// A folder whose owner is just about to lock it is young.
		if info, err := os.Stat(path); err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		if unlock, err := lock(path); err == nil {
			os.RemoveAll(dir)
			unlock()
		}
	}
}

// MemoryDir is a folder in memory where the system has one, else that for temporary files.
func MemoryDir() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); runtime.GOOS == "linux" && err == nil && info.IsDir() {
		return shm
	}
	return os.TempDir()
}
