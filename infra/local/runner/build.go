package runner

import (
	"context"
	"fmt"
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

// build makes a binary and puts it in its place whole: another runner may be running the one before.
func build(ctx context.Context, root, name, binary string) error {
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		return err
	}
	made := fmt.Sprintf("%s.%d", binary, os.Getpid())
	command := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", made, "./functions/"+name+"/bootstrap")
	command.Dir = root
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", name, err, said)
	}
	return os.Rename(made, binary)
}
