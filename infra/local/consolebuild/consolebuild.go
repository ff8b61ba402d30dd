package consolebuild

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mandate/functions/console"
	"mandate/infra/deployment"
	"mandate/infra/local/parts"
	"mandate/shared/api"
)

const (
	stamp    = ".stamp"
	document = "openapi.json"
)

// besides are what is in the sources' folder and goes into no file: what is downloaded or made, the tests, the words about it.
var besides = []string{"node_modules", "artefacts", filepath.Join("src", "api", "schema.d.ts"), "tests", "README.md"}

// Build makes the console's files in a checkout of the project, unless they are there already. It may be called by many
// processes at once. What the console's own checks complain of is in its error.
func Build(ctx context.Context, root string, log *slog.Logger) error {
	if err := build(ctx, root, log); err != nil {
		return fmt.Errorf("build the console: %w", err)
	}
	return nil
}

func build(ctx context.Context, root string, log *slog.Logger) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	folder := filepath.Join(root, "functions", "console")
	web, dist := filepath.Join(folder, "web"), filepath.Join(folder, "dist")
	openAPI, err := api.OpenAPI()
	if err != nil {
		return err
	}
	want, err := hash(web, openAPI, operations())
	if err != nil || current(dist, want) {
		return err
	}
	temporary := filepath.Join(root, "dist", "console")
	if err := os.MkdirAll(temporary, 0o755); err != nil {
		return err
	}
	unlock, err := parts.Lock(ctx, filepath.Join(temporary, "lock"), func() {
		log.Info("another process is building the console; waiting for it")
	})
	if err != nil {
		return err
	}
	defer unlock()
	if current(dist, want) {
		return nil
	}
	node, err := parts.Node(ctx, log)
	if err != nil {
		return err
	}
	if err := parts.Packages(ctx, web, "what the console is built with", "60 MiB", log); err != nil {
		return err
	}
	start := time.Now()
	log.Info("building the console")
	described, into := filepath.Join(temporary, document), filepath.Join(temporary, "files")
	if err := errors.Join(os.WriteFile(described, openAPI, 0o644), os.RemoveAll(into)); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, node, filepath.Join("scripts", "build.mjs"), described, into)
	command.Dir = web
	said, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	if err := replace(dist, into, want); err != nil {
		return err
	}
	log.Info("console built", "size", string(bytes.TrimSpace(said)), "took", time.Since(start).Round(100*time.Millisecond).String())
	return nil
}

// current tells whether a build is of these sources.
func current(dist, want string) bool {
	got, err := os.ReadFile(filepath.Join(dist, stamp))
	return err == nil && string(got) == want
}

// hash tells sources apart, by names and contents.
func hash(web string, described ...[]byte) (string, error) {
	sum := sha256.New()
	for _, part := range described {
		sum.Write(part)
	}
	err := filepath.WalkDir(web, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(web, path)
		if err != nil {
			return err
		}
		switch {
		case slices.Contains(besides, name) && entry.IsDir():
			return filepath.SkipDir
		case slices.Contains(besides, name) || entry.IsDir():
			return nil
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(sum, "%s\x00%d\x00", filepath.ToSlash(name), len(content))
		sum.Write(content)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

// replace puts new files in the place of the old ones, and the stamp behind them.
func replace(dist, with, stamped string) error {
	old, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dist, stamp)); err != nil {
		return err
	}
	for _, entry := range old {
		if !strings.HasPrefix(entry.Name(), ".") {
			if err := os.RemoveAll(filepath.Join(dist, entry.Name())); err != nil {
				return err
			}
		}
	}
	if err := os.CopyFS(dist, os.DirFS(with)); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dist, console.OperationsFile), operations(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dist, stamp), []byte(stamped), 0o644)
}

// operations are the routes of the API, as the gateway names them.
func operations() []byte {
	var names bytes.Buffer
	for _, route := range deployment.Routes() {
		if route.Function != deployment.Console {
			fmt.Fprintln(&names, route.Key())
		}
	}
	return names.Bytes()
}
