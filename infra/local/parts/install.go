package parts

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// DynamoDB Local as published: the npm package that ships it whole under emulator/, and the
// SHA-256 of that package's file. The npm package's own version is of no interest to it.
const (
	dynamoDBVersion  = "1.25.1"
	dynamoDBPackage  = "amplify-dynamodb-simulator@2.9.30"
	dynamoDBChecksum = "3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9"
)

// nodeFiles are our Node programs, and the manifest and lock file of what they import.
//
//go:embed node/package.json node/package-lock.json node/*.mjs node/ses/*.mjs node/stepfunctions/*.mjs
var nodeFiles embed.FS

// Installation is the parts on this machine, ready to be started.
type Installation struct {
	java     string // the Java runtime's program
	node     string // Node's, new enough for the interpreter
	dynamoDB string // the folder with DynamoDBLocal.jar
	programs string // the folder with our Node programs, inside one with their packages
}

// Install puts the parts into the user's cache folder, unless they are there, and says on log
// what it downloads and how long that takes. It may be called by many processes at once: one
// installs, the others wait for it. A missing Java runtime or npm is installed where the
// system's package manager and rights allow; otherwise the error names the one command that
// does it. A download is tried three times.
func Install(ctx context.Context, log *slog.Logger) (*Installation, error) {
	i, err := here(log)
	if err != nil {
		return nil, err
	}
	installation, err := i.install(ctx)
	if err != nil {
		return nil, fmt.Errorf("install the local parts: %w", err)
	}
	return installation, nil
}

// Node installs Node alone, for who builds with it, and answers its program. npm is on the path afterwards.
func Node(ctx context.Context, log *slog.Logger) (program string, err error) {
	i, err := here(log)
	if err != nil {
		return "", err
	}
	if program, err = i.installNode(ctx); err != nil {
		return "", fmt.Errorf("install Node: %w", err)
	}
	return program, nil
}

// Chromium is the browser's program, for tests in one. Where it is missing it is installed like the Java runtime.
func Chromium(ctx context.Context, log *slog.Logger) (program string, err error) {
	return thisSystem(log).chromium(ctx)
}

// Packages installs into a folder what its package-lock.json says, unless that was done. What is theirs and how large, for
// the log. One at a time: the caller has the folder locked.
func Packages(ctx context.Context, folder, what, size string, log *slog.Logger) error {
	i, err := here(log)
	if err != nil {
		return err
	}
	return i.packages(ctx, folder, what, size)
}

func (i *installer) packages(ctx context.Context, folder, what, size string) error {
	content, err := os.ReadFile(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	mark := filepath.Join(folder, "node_modules", ".mandate-"+hex.EncodeToString(sum[:6]))
	if exists(mark) {
		return nil
	}
	if _, err := i.download(ctx, what, size, func(ctx context.Context) (string, error) { return "", i.npm.ci(ctx, folder) }); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o644)
}

// here is the installer of this machine.
func here(log *slog.Logger) (*installer, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("install the local parts: %w", err)
	}
	return &installer{
		cache:    filepath.Join(cache, "mandate"),
		system:   thisSystem(log),
		npm:      runNPM,
		checksum: dynamoDBChecksum,
		pause:    2 * time.Second,
		log:      log,
	}, nil
}

// installer is Install with all that it depends on.
type installer struct {
	cache    string
	system   system
	npm      npm           // fetches packages
	checksum string        // of DynamoDB Local's package
	pause    time.Duration // before a download's second try; doubles
	log      *slog.Logger
}

func (i *installer) install(ctx context.Context) (*Installation, error) {
	packages, err := nodePackages()
	if err != nil {
		return nil, err
	}
	dynamoDB := filepath.Join(i.cache, "dynamodb-local-"+dynamoDBVersion)
	modules := filepath.Join(i.cache, "node-"+packages)

	downloads := !exists(dynamoDB) || !exists(modules)
	java, err := i.system.tools(ctx, downloads)
	if err != nil {
		return nil, err
	}
	if downloads {
		if err := os.MkdirAll(i.cache, 0o755); err != nil {
			return nil, err
		}
		unlock, err := i.lock(ctx)
		if err != nil {
			return nil, err
		}
		defer unlock()
		if err := i.once(ctx, dynamoDB, i.downloadDynamoDB); err != nil {
			return nil, err
		}
		if err := i.once(ctx, modules, i.downloadNode); err != nil {
			return nil, err
		}
	}
	programs, err := writePrograms(modules)
	if err != nil {
		return nil, err
	}
	node, err := i.system.node(ctx, filepath.Join(modules, "node_modules"))
	if err != nil {
		return nil, err
	}
	return &Installation{java: java, node: node, dynamoDB: dynamoDB, programs: programs}, nil
}

func (i *installer) installNode(ctx context.Context) (program string, err error) {
	packages, err := nodePackages()
	if err != nil {
		return "", err
	}
	if !i.system.npm(ctx) {
		if err := i.system.provide(ctx, []string{"npm"}); err != nil {
			return "", err
		}
	}
	modules := filepath.Join(i.cache, "node-"+packages)
	if !exists(modules) {
		if err := os.MkdirAll(i.cache, 0o755); err != nil {
			return "", err
		}
		unlock, err := i.lock(ctx)
		if err != nil {
			return "", err
		}
		defer unlock()
		if err := i.once(ctx, modules, i.downloadNode); err != nil {
			return "", err
		}
	}
	return i.system.node(ctx, filepath.Join(modules, "node_modules"))
}

// lock keeps other processes from installing.
func (i *installer) lock(ctx context.Context) (unlock func(), err error) {
	return waitLock(ctx, filepath.Join(i.cache, "install.lock"), func() {
		i.log.Info("another process is installing the local parts; waiting for it")
	})
}

// once makes the folder with fill, unless it is there. It appears only when it is whole.
func (i *installer) once(ctx context.Context, folder string, fill func(ctx context.Context, dir string) error) error {
	if exists(folder) {
		return nil
	}
	dir, err := os.MkdirTemp(i.cache, "incomplete-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	whole := filepath.Join(dir, "whole")
	if err := os.Mkdir(whole, 0o755); err != nil {
		return err
	}
	if err := fill(ctx, whole); err != nil {
		return err
	}
	return os.Rename(whole, folder)
}

func (i *installer) downloadDynamoDB(ctx context.Context, dir string) error {
	what := "DynamoDB Local " + dynamoDBVersion
	file, err := i.download(ctx, what, "54 MiB", func(ctx context.Context) (string, error) {
		return i.npm.pack(ctx, filepath.Dir(dir), dynamoDBPackage)
	})
	if err != nil {
		return err
	}
	defer os.Remove(file)
	if err := checkSum(file, i.checksum); err != nil {
		return fmt.Errorf("%s: %w; the file was removed, try again", what, err)
	}
	return untar(file, "package/emulator/", dir)
}

func (i *installer) downloadNode(ctx context.Context, dir string) error {
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := nodeFiles.ReadFile("node/" + name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	_, err := i.download(ctx, "Node 22, the SES mailbox and the Step Functions interpreter", "60 MiB", func(ctx context.Context) (string, error) {
		return "", i.npm.ci(ctx, dir)
	})
	return err
}

// nodePackages identifies what the lock file installs.
func nodePackages() (string, error) {
	content, err := nodeFiles.ReadFile("node/package-lock.json")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6]), nil
}

// writePrograms puts our own Node programs beside their packages, in a folder named by their
// content, so that an older checkout's programs may run from the same packages.
func writePrograms(modules string) (string, error) {
	hash := sha256.New()
	files := make(map[string][]byte)
	err := fs.WalkDir(nodeFiles, "node", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".mjs" {
			return err
		}
		content, err := nodeFiles.ReadFile(path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(content), content)
		files[path[len("node/"):]] = content
		return err
	})
	if err != nil {
		return "", err
	}
	folder := filepath.Join(modules, "programs-"+hex.EncodeToString(hash.Sum(nil)[:6]))
	if exists(folder) {
		return folder, nil
	}
	dir, err := os.MkdirTemp(modules, "incomplete-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return "", err
		}
	}
	// Another process may have been as quick: its folder is the same.
	if err := os.Rename(dir, folder); err != nil && !errors.Is(err, fs.ErrExist) && !exists(folder) {
		return "", err
	}
	return folder, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
