// Command functions builds every function as it is deployed, into dist/functions of the project that it is run in, and
// prints each file with its SHA-256: the same source gives the same figures on every machine.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"mandate/infra/compile"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	binaries, err := compile.Functions(ctx, root, compile.Lambda, filepath.Join(root, "dist", "functions"))
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(binaries)) {
		built, err := os.ReadFile(binaries[name])
		if err != nil {
			return err
		}
		shown, err := filepath.Rel(root, binaries[name])
		if err != nil {
			return err
		}
		fmt.Printf("%x  %s\n", sha256.Sum256(built), shown)
	}
	return nil
}
