package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"mandate/infra/deployment"
)

// Build compiles every function for this machine into a folder and answers the binaries by the functions' names. Go's
// cache makes a second time quick.
func Build(ctx context.Context, root, into string, log *slog.Logger) (map[string]string, error) {
	start := time.Now()
	log.Info("building the functions (the first time takes a minute or two)")
	functions := deployment.Functions()
	binaries := make(map[string]string, len(functions))
	for _, function := range functions {
		binaries[string(function.Name)] = filepath.Join(into, string(function.Name), "bootstrap")
	}
	var wait sync.WaitGroup
	errs := make(chan error, len(functions))
	turn := make(chan struct{}, 2) // the compiler is parallel in itself, the linker is not
	for name, binary := range binaries {
		wait.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if err := build(ctx, root, name, binary); err != nil {
				errs <- err
			}
		})
	}
	wait.Wait()
	close(errs)
	for err := range errs {
		return nil, err
	}
	log.Info("functions built", "count", len(binaries), "took", time.Since(start).Round(100*time.Millisecond).String())
	return binaries, nil
}

// build makes a binary beside its place and puts it there whole: another runner may be running the one before. It begins
// with a copy of that one, which the linker leaves alone where nothing has changed.
func build(ctx context.Context, root, name, binary string) error {
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(filepath.Dir(binary), "build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	made := filepath.Join(folder, filepath.Base(binary))
	if err := duplicate(binary, made); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	command := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", made, "./functions/"+name+"/bootstrap")
	command.Dir = root
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", name, err, said)
	}
	return os.Rename(made, binary)
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
