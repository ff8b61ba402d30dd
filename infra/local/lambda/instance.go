package lambda

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// instance is one process of a function. Its fields are guarded by the pool's
// mutex, save those that say otherwise.
type instance struct {
	id      string            // immutable: its name in the Runtime API
	pool    *pool             // immutable
	env     map[string]string // immutable: the function's when it was spawned
	offer   chan *invocation
	spawned time.Time     // immutable
	limit   time.Duration // of the start; immutable

	process  *os.Process // nil until started
	doomed   bool        // to be killed, perhaps before it has started
	retired  bool        // to be killed as soon as it handles nothing
	dead     bool        // accounted for: what it still says is not heard
	conn     *conn       // carried the last /next; nil until the first
	current  *invocation // from /next until the following /next
	taken    bool        // current is known to have reached the function
	deadline time.Time   // of current
	timer    *time.Timer // of the start, then of each current

	initError *FunctionError // posted by the function
	slow      bool           // never asked for an event in time

	// Written before ended is closed, read after.
	ended      chan struct{}
	state      *os.ProcessState
	startError error
}

// live runs the process from start to end.
func (i *instance) live() {
	i.state, i.startError = i.run()
	close(i.ended)
	if i.startError != nil {
		i.pool.service.log.Error("function cannot start", "function", i.pool.fn.Name, "error", i.startError)
	}
	i.pool.buried(i)
}

func (i *instance) run() (*os.ProcessState, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer out.Close()

	cmd := exec.Command(i.pool.fn.Binary)
	cmd.Env = i.environment()
	cmd.Dir = filepath.Dir(i.pool.fn.Binary)
	cmd.Stdout, cmd.Stderr = in, in // one pipe keeps the lines in order
	cmd.SysProcAttr = childAttributes()
	err = i.pool.service.spawner.do(cmd.Start)
	in.Close()
	if err != nil {
		return nil, err
	}

	i.pool.mu.Lock()
	i.process = cmd.Process
	if i.doomed {
		i.process.Kill()
	}
	i.pool.mu.Unlock()

	read := make(chan struct{})
	go func() {
		defer close(read)
		i.relay(out)
	}()
	err = cmd.Wait()
	// What the process had written is in the pipe; a child of the function's
	// own that still holds the other end must not hold us for long.
	out.SetReadDeadline(time.Now().Add(10 * time.Second))
	<-read
	if cmd.ProcessState == nil {
		return nil, err
	}
	return cmd.ProcessState, nil
}

// kill ends the process, now or as soon as it has started. The pool's mutex is
// held.
func (i *instance) kill() {
	i.doomed = true
	if i.process != nil {
		i.process.Kill() // fails only where it is gone already
	}
}

// tooSlow ends a process that has not asked for its first event in time.
func (i *instance) tooSlow() {
	i.pool.mu.Lock()
	defer i.pool.mu.Unlock()
	if i.conn == nil {
		i.slow = true
		i.kill()
	}
}

func (i *instance) pid() int {
	if i.process == nil {
		return 0
	}
	return i.process.Pid
}

// environment is what the process sees: what Lambda sets for a runtime of one's
// own, then what the function declares.
func (i *instance) environment() []string {
	fn := i.pool.fn
	env := map[string]string{
		"AWS_LAMBDA_RUNTIME_API":          i.pool.service.address + "/" + fn.Name + "/" + i.id,
		"AWS_LAMBDA_FUNCTION_NAME":        fn.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(fn.MemoryMB),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + fn.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      i.spawned.UTC().Format("2006/01/02") + "/[$LATEST]" + strings.ToLower(i.id),
		"AWS_REGION":                      DefaultRegion,
		"AWS_DEFAULT_REGION":              cmp.Or(i.env["AWS_REGION"], DefaultRegion),
		"_HANDLER":                        "bootstrap",
		"LAMBDA_TASK_ROOT":                filepath.Dir(fn.Binary),
		"PATH":                            "/usr/local/bin:/usr/bin:/bin",
		"LANG":                            "en_US.UTF-8",
		"TZ":                              ":UTC",
	}
	maps.Copy(env, i.env)
	lines := make([]string, 0, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) {
		lines = append(lines, name+"="+env[name])
	}
	return lines
}

// relay logs what the process writes, a record a line. A line over 64 KiB
// becomes several.
func (i *instance) relay(out io.Reader) {
	r := bufio.NewReaderSize(out, 64<<10)
	for {
		line, err := r.ReadSlice('\n')
		if line = bytes.TrimRight(line, "\r\n"); len(line) > 0 {
			i.relayLine(bytes.Clone(line))
		}
		if err != nil && err != bufio.ErrBufferFull {
			return
		}
	}
}

// relayLine keeps a JSON line as it is, at the level it names, so that a JSON
// log stays one document a line and can be queried.
func (i *instance) relayLine(line []byte) {
	log, name := i.pool.service.log, slog.String("function", i.pool.fn.Name)
	var structured struct {
		Level slog.Level `json:"level"`
	}
	if line[0] == '{' && json.Unmarshal(line, &structured) == nil {
		log.LogAttrs(context.Background(), structured.Level, "function log", name, slog.Any("record", json.RawMessage(line)))
		return
	}
	log.LogAttrs(context.Background(), slog.LevelInfo, "function output", name, slog.String("line", string(line)))
}

// spawner starts processes from one thread that lives as long as they may: the
// kernel sends Pdeathsig when the thread that started a process ends, and Go
// ends threads as it likes.
type spawner struct{ starts chan func() }

func newSpawner() *spawner {
	s := &spawner{starts: make(chan func())}
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		for start := range s.starts {
			start()
		}
	}()
	return s
}

func (s *spawner) do(start func() error) error {
	failed := make(chan error)
	s.starts <- func() { failed <- start() }
	return <-failed
}

// stop ends the thread. Every process must have ended.
func (s *spawner) stop() { close(s.starts) }
