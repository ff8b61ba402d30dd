package main

import (
	"archive/zip"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"mandate/infra/deployment"
)

// packageBudget is of one function, in MiB.
const packageBudget = 8

// measurePackages builds the functions as they are deployed, and zips each.
func measurePackages(ctx context.Context, b *bench) error {
	command := exec.CommandContext(ctx, "make", "build")
	command.Dir, command.Stdout, command.Stderr = b.root, os.Stderr, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("make build: %w", err)
	}
	for _, function := range deployment.Functions() {
		size, err := zipped(filepath.Join(b.root, "dist", "functions", string(function.Name), "bootstrap"))
		if err != nil {
			return err
		}
		b.figures.within("package."+string(function.Name), float64(size)/(1<<20), "MiB zipped", packageBudget)
	}
	return nil
}

// zipped is a file's size in an archive of its own, in bytes.
func zipped(path string) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	var size counter
	archive := zip.NewWriter(&size)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	entry, err := archive.Create(filepath.Base(path))
	if err != nil {
		return 0, err
	}
	if _, err := io.Copy(entry, file); err != nil {
		return 0, err
	}
	err = archive.Close()
	return int64(size), err
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(written []byte) (int, error) {
	*c += counter(len(written))
	return len(written), nil
}
