package parts

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	downloadTries    = 3
	progressInterval = 5 * time.Second
)

// download fetches what, saying so while it lasts, and tries again after a failure.
func (i *installer) download(ctx context.Context, what, size string, fetch func(context.Context) (string, error)) (string, error) {
	pause := i.pause
	for try := 1; ; try++ {
		i.log.Info("downloading "+what, "size", size)
		began := time.Now()
		finished := i.progress(what, began)
		result, err := fetch(ctx)
		finished()
		if err == nil {
			i.log.Info("downloaded "+what, "took", time.Since(began).Round(100*time.Millisecond))
			return result, nil
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if try == downloadTries {
			return "", fmt.Errorf("download %s, tried %d times: %w", what, try, err)
		}
		i.log.Warn("the download failed and is tried again", "what", what, "in", pause, "error", err)
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(pause):
		}
		pause *= 2
	}
}

// progress says every few seconds that a download goes on, until finished is called.
func (i *installer) progress(what string, began time.Time) (finished func()) {
	stop := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(progressInterval)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				i.log.Info("still downloading "+what, "since", time.Since(began).Round(time.Second))
			}
		}
	}()
	return func() { close(stop); <-stopped }
}

// npm runs npm in dir. Its error has npm's own words.
type npm func(ctx context.Context, dir string, args ...string) error

// pack downloads a package's file into dir and returns its path.
func (npm npm) pack(ctx context.Context, dir, pkg string) (string, error) {
	if err := npm(ctx, dir, "pack", pkg, "--pack-destination", dir, "--ignore-scripts"); err != nil {
		return "", err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil {
		return "", err
	}
	if len(files) != 1 {
		return "", fmt.Errorf("npm pack %s left %d files", pkg, len(files))
	}
	return files[0], nil
}

// ci installs exactly what the lock file in dir names, each package checked against the
// checksum there. No package's script is run.
func (npm npm) ci(ctx context.Context, dir string) error {
	return npm(ctx, dir, "ci", "--ignore-scripts", "--include=optional", "--no-audit", "--no-fund", "--no-update-notifier")
}

func runNPM(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "npm", append(args, "--loglevel=error")...)
	cmd.Dir = dir
	cmd.SysProcAttr = childAttributes()
	var output bytes.Buffer
	cmd.Stderr = &output
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("npm %s: %w: %s", args[0], err, bytes.TrimSpace(output.Bytes()))
	}
	return nil
}

// checkSum holds the file against its SHA-256.
func checkSum(path, want string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		return fmt.Errorf("wrong checksum: its SHA-256 is %s, expected %s", got, want)
	}
	return nil
}

// untar unpacks the files below prefix in a .tgz file into dir.
func untar(path, prefix, dir string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	uncompressed, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", filepath.Base(path), err)
	}
	root, err := os.OpenRoot(dir) // no entry's name leads out of dir
	if err != nil {
		return err
	}
	defer root.Close()
	found := false
	for archive := tar.NewReader(uncompressed); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("unpack %s: %w", filepath.Base(path), err)
		}
		name, ok := strings.CutPrefix(header.Name, prefix)
		if !ok || header.Typeflag != tar.TypeReg {
			continue
		}
		found = true
		if err := extract(root, name, archive); err != nil {
			return fmt.Errorf("unpack %s: %w", filepath.Base(path), err)
		}
	}
	if !found {
		return fmt.Errorf("unpack %s: nothing below %s in it", filepath.Base(path), prefix)
	}
	return nil
}

func extract(root *os.Root, name string, content io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := root.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
