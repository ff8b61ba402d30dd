package parts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// oldestNode is the first major version that the interpreter of the state machine runs on.
const oldestNode = 22

const chromium = "Chromium"

// system is what the parts need of the machine: its programs, and its package manager.
type system struct {
	os, arch string
	root     bool
	getenv   func(string) string
	look     func(program string) (path string, err error)
	// run runs a program and returns its standard output; its error has what it wrote elsewhere.
	run func(ctx context.Context, path string, args ...string) (string, error)
	log *slog.Logger
}

func thisSystem(log *slog.Logger) system {
	return system{
		os: runtime.GOOS, arch: runtime.GOARCH,
		root:   os.Geteuid() == 0,
		getenv: os.Getenv,
		look:   exec.LookPath,
		run:    runProgram,
		log:    log,
	}
}

func runProgram(ctx context.Context, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	cmd.SysProcAttr = childAttributes()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", filepath.Base(path), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}

// tools returns the Java runtime's program. It sees to it that there is one, and npm where it
// is needed.
func (s system) tools(ctx context.Context, needNPM bool) (java string, err error) {
	java, found := s.java(ctx)
	var missing []string
	if !found {
		missing = append(missing, "a Java runtime")
	}
	if needNPM && !s.npm(ctx) {
		missing = append(missing, "npm")
	}
	if len(missing) == 0 {
		return java, nil
	}
	if err := s.provide(ctx, missing); err != nil {
		return "", err
	}
	if java, found = s.java(ctx); !found {
		return "", errors.New("no Java runtime works, even after one was installed")
	}
	return java, nil
}

// java finds a runtime that works: macOS has a program of that name that only says where to
// get one.
func (s system) java(ctx context.Context) (string, bool) {
	if home := s.getenv("JAVA_HOME"); home != "" {
		path := filepath.Join(home, "bin", "java")
		if _, err := s.run(ctx, path, "-version"); err == nil {
			return path, true
		}
	}
	path, err := s.look("java")
	if err != nil {
		return "", false
	}
	_, err = s.run(ctx, path, "-version")
	return path, err == nil
}

func (s system) npm(ctx context.Context) bool {
	path, err := s.look("npm")
	if err != nil {
		return false
	}
	_, err = s.run(ctx, path, "--version")
	return err == nil
}

// headlessShell is Chromium without windows: with them, the same pages take three times the work, for what nobody sees.
const headlessShell = "chromium-headless-shell"

// browser is the one that is on the machine, the lightest first; empty where there is none.
func (s system) browser() string {
	for _, name := range []string{headlessShell, "chromium", "chromium-browser", "google-chrome"} {
		if path, err := s.look(name); err == nil {
			return path
		}
	}
	return ""
}

// chromium returns the browser's program, and sees to it that there is one: where it can be had, the one without windows.
func (s system) chromium(ctx context.Context) (string, error) {
	there := s.browser()
	_, noDebian := s.look("apt-get")
	if filepath.Base(there) == headlessShell || there != "" && noDebian != nil {
		return there, nil
	}
	if err := s.provide(ctx, []string{chromium}); err != nil {
		if there != "" {
			s.log.Warn("the browser without windows is not to be had, and tests take longer", "in", there, "error", err)
			return there, nil
		}
		return "", err
	}
	if there = s.browser(); there == "" {
		return "", errors.New("no Chromium is found, even after one was installed")
	}
	return there, nil
}

// node returns the Node that came with the packages, or, on a system that there is none for
// among them, the system's own if it is new enough.
func (s system) node(ctx context.Context, modules string) (string, error) {
	arch := map[string]string{"amd64": "x64"}[s.arch]
	if arch == "" {
		arch = s.arch
	}
	own := filepath.Join(modules, "node-"+s.os+"-"+arch, "bin", "node")
	if exists(own) {
		return own, nil
	}
	path, err := s.look("node")
	if err != nil {
		return "", fmt.Errorf("no Node %d or newer: install it from your system's packages", oldestNode)
	}
	version, err := s.run(ctx, path, "--version")
	if err != nil {
		return "", err
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(version), "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < oldestNode {
		return "", fmt.Errorf("it takes Node %d or newer, and %s is %s: install a newer one from your system's packages", oldestNode, path, strings.TrimSpace(version))
	}
	return path, nil
}

// managers are the package managers that we know a command of, with the packages for what may
// be missing. Only Debian's is run by us.
var managers = []struct {
	program, command string
	packages         map[string]string
}{
	{"apt-get", "sudo apt-get update && sudo apt-get install -y --no-install-recommends", map[string]string{"a Java runtime": "default-jre-headless", "npm": "npm", chromium: headlessShell}},
	{"dnf", "sudo dnf install -y", map[string]string{"a Java runtime": "java-latest-openjdk-headless", "npm": "nodejs-npm", chromium: "chromium"}},
	{"apk", "sudo apk add", map[string]string{"a Java runtime": "openjdk17-jre-headless", "npm": "npm", chromium: "chromium"}},
	{"pacman", "sudo pacman -S --noconfirm", map[string]string{"a Java runtime": "jre-openjdk-headless", "npm": "npm", chromium: "chromium"}},
	{"brew", "brew install", map[string]string{"a Java runtime": "temurin", "npm": "node", chromium: "chromium"}},
}

// provide installs what is missing, or says the one command that does.
func (s system) provide(ctx context.Context, missing []string) error {
	words := strings.Join(missing, " and ")
	for _, manager := range managers {
		path, err := s.look(manager.program)
		if err != nil {
			continue
		}
		var packages []string
		for _, what := range missing {
			packages = append(packages, manager.packages[what])
		}
		command := manager.command + " " + strings.Join(packages, " ")
		if manager.program == "apt-get" {
			if prefix, allowed := s.asRoot(ctx); allowed {
				return s.aptInstall(ctx, append(prefix, path), words, packages)
			}
		}
		return fmt.Errorf("missing: %s; run `%s`, then try again", words, command)
	}
	return fmt.Errorf("missing: %s; install Java 17 or newer and Node.js %d or newer with npm, then try again", words, oldestNode)
}

// asRoot returns what to put before a command so that it runs with all rights, if that is
// possible without asking anybody.
func (s system) asRoot(ctx context.Context) (prefix []string, allowed bool) {
	if s.root {
		return nil, true
	}
	sudo, err := s.look("sudo")
	if err != nil {
		return nil, false
	}
	_, err = s.run(ctx, sudo, "-n", "true")
	return []string{sudo, "-n"}, err == nil
}

func (s system) aptInstall(ctx context.Context, apt []string, words string, packages []string) error {
	s.log.Info("installing "+words+" with apt-get", "packages", strings.Join(packages, " "))
	began := time.Now()
	for _, args := range [][]string{{"update", "-q"}, append([]string{"install", "-y", "-q", "--no-install-recommends"}, packages...)} {
		command := append(append([]string{}, apt...), args...)
		if _, err := s.run(ctx, command[0], command[1:]...); err != nil {
			return fmt.Errorf("install %s: %w", words, err)
		}
	}
	s.log.Info("installed "+words, "took", time.Since(began).Round(100*time.Millisecond))
	return nil
}
