package compile

import (
	"context"
	"path/filepath"
	"sync"

	"mandate/infra/deployment"
)

// atOnce is how many are made side by side: the compiler is parallel in itself, the linker is not.
const atOnce = 2

// Functions compiles every declared function into a folder of its own below the one given, and answers the binaries by
// the functions' names. Go's cache makes a second time quick.
func Functions(ctx context.Context, root string, target Target, into string) (map[string]string, error) {
	functions := deployment.Functions()
	binaries := make(map[string]string, len(functions))
	for _, function := range functions {
		binaries[string(function.Name)] = filepath.Join(into, string(function.Name), Bootstrap)
	}
	var wait sync.WaitGroup
	errs := make(chan error, len(functions))
	turn := make(chan struct{}, atOnce)
	for name, binary := range binaries {
		wait.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if err := Binary(ctx, root, filepath.Join("functions", name, Bootstrap), target, binary); err != nil {
				errs <- err
			}
		})
	}
	wait.Wait()
	close(errs)
	for err := range errs {
		return nil, err
	}
	return binaries, nil
}
