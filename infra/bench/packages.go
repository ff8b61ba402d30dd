package main

import (
	"archive/zip"
	"compress/flate"
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"mandate/infra/compile"
)

// packageBudget is of one function, in MiB.
const packageBudget = 8

// measurePackages builds the functions as they are deployed, and zips each.
func measurePackages(ctx context.Context, b *bench) error {
	binaries, err := compile.Functions(ctx, b.root, compile.Lambda, filepath.Join(b.root, "dist", "functions"))
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(binaries)) {
		size, err := zipped(binaries[name])
		if err != nil {
			return err
		}
		b.figures.within("package."+name, float64(size)/(1<<20), "MiB zipped", packageBudget)
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
