package compile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Target is the system that a binary is for.
type Target struct{ OS, Architecture string }

var (
	// Lambda is provided.al2023 on Graviton.
	Lambda = Target{"linux", "arm64"}
	// Here is this machine.
	Here = Target{runtime.GOOS, runtime.GOARCH}
)

// Bootstrap is what Lambda calls a function's binary.
const Bootstrap = "bootstrap"

// Binary compiles the main package at a path below the root, "functions/users/bootstrap", into a file.
//
// It makes the binary beside its place and puts it there whole: somebody may be running the one before. It begins with a
// copy of that one, which the linker leaves alone where nothing has changed.
func Binary(ctx context.Context, root, of string, target Target, into string) error {
	if err := os.MkdirAll(filepath.Dir(into), 0o755); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(filepath.Dir(into), "build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	made := filepath.Join(folder, filepath.Base(into))
	if err := duplicate(into, made); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	command := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w", "-o", made, "./"+filepath.ToSlash(of))
	command.Dir = root
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+target.OS, "GOARCH="+target.Architecture)
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", of, err, said)
	}
	// Once more, from its beginning to its end, as unpacking a package writes it: what the linker wrote here and there lies
	// in single pages, and a start from those takes a tenth more.
	whole := made + ".whole"
	if err := duplicate(made, whole); err != nil {
		return err
	}
	return os.Rename(whole, into)
}

// duplicate copies a binary.
func duplicate(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	copied, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(copied, source)
	return errors.Join(err, copied.Close())
}
