package runner_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mandate/infra/local/parts"
	"mandate/infra/local/runner"
)

// killer ends processes of a runner with -9, at moments and in an order that its seed decides.
type killer struct {
	testing.TB
	*runner.Runner
	random *rand.Rand

	mu     sync.Mutex
	killed map[string]int // by what was killed
}

func newKiller(t testing.TB, r *runner.Runner, seed uint64) *killer {
	return &killer{TB: t, Runner: r, random: rand.New(rand.NewPCG(seed, seed)), killed: make(map[string]int)}
}

// strikesAtMost is how many functions one series of strikes kills, in about three seconds: so many that whatever is
// going on is hit, and not so many that nothing ever gets done.
const strikesAtMost = 80

// strikes kills instances of functions while something is done, and once each, Step Functions and the mailbox. The
// database it leaves alone: see strikesDatabase.
func (k *killer) strikes(while func()) {
	ctx, stop := context.WithCancel(k.Context())
	_, mailbox, machine := k.Parts()
	at := k.random.Perm(strikesAtMost / 3)
	parts := map[int]func(){
		at[0]: func() { k.killPart("mailbox", mailbox) },
		at[1]: func() { k.killPart("Step Functions", machine) },
	}
	var done sync.WaitGroup
	done.Go(func() {
		for strike := range strikesAtMost {
			timer := time.NewTimer(time.Duration(5+k.random.IntN(70)) * time.Millisecond)
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case <-timer.C:
			}
			if kill := parts[strike]; kill != nil {
				kill()
			}
			k.killFunction()
		}
	})
	while()
	stop()
	done.Wait()
}

// strikesDatabase kills DynamoDB Local, and lets it come back while work goes on. It loses a transaction that it
// acknowledged within the last moment and that nobody has read (see package parts), which DynamoDB does not; so this is
// for a moment when nothing is being written and all that was written has been read.
func (k *killer) strikesDatabase() {
	database, _, _ := k.Parts()
	k.killPart("DynamoDB", database)
}

// killPart kills one that is up.
func (k *killer) killPart(name string, part *parts.Process) {
	if pid := part.PID(); pid != 0 {
		k.kill(name, pid)
	}
}

// killFunction kills an instance of one of the functions that have any, each function as likely.
func (k *killer) killFunction() {
	instances, err := instancesOf(k.Runner)
	if err != nil {
		k.Error(err)
		return
	}
	if len(instances) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(instances))
	name := names[k.random.IntN(len(names))]
	k.kill(name, instances[name][k.random.IntN(len(instances[name]))])
}

func (k *killer) kill(name string, pid int) {
	if syscall.Kill(pid, syscall.SIGKILL) == nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.killed[name]++
	}
}

// tally says what was killed how often.
func (k *killer) tally() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var lines []string
	for name, times := range k.killed {
		lines = append(lines, fmt.Sprintf("%s %d", name, times))
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

// instancesOf finds the processes of a runner's functions: children of this one that were told of the runner's
// database. Their pids come by the functions' names.
func instancesOf(r *runner.Runner) (map[string][]int, error) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	instances := make(map[string][]int)
	for _, folder := range folders {
		stat, err := os.ReadFile(folder + "/stat")
		if err != nil {
			continue // it has ended meanwhile
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if parent := fields[1]; parent != strconv.Itoa(os.Getpid()) || fields[0] == "Z" {
			continue
		}
		text, err := os.ReadFile(folder + "/environ")
		if err != nil {
			continue
		}
		environment := strings.Split(string(text), "\x00")
		if !slices.Contains(environment, "AWS_ENDPOINT_URL_DYNAMODB="+r.DynamoDB) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			return nil, err
		}
		for _, variable := range environment {
			if name, ok := strings.CutPrefix(variable, "AWS_LAMBDA_FUNCTION_NAME="); ok {
				instances[name] = append(instances[name], pid)
			}
		}
	}
	return instances, nil
}
