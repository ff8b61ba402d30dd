package runner_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mandate/infra/local/walk"
)

// command is the local runner as people start it, in a session of its own: whatever it starts is in there too, and is
// found by it however it was orphaned.
type command struct {
	*exec.Cmd
	api, mailbox, database string
	said                   *bytes.Buffer // on standard output, up to the line "ready"
	complaint              *bytes.Buffer // on standard error; to be read when it has ended
}

// program is the runner's binary.
var program = sync.OnceValues(func() (string, error) {
	root, err := projectRoot()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(root, "dist", "local", "runner-under-test")
	if said, err := exec.Command("go", "build", "-o", binary, "mandate/infra/local").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	return binary, nil
})

// prepare is the command with variables in its environment.
func prepare(t *testing.T, variables ...string) *command {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	root, err := projectRoot()
	if err != nil {
		t.Fatal(err)
	}
	c := &command{Cmd: exec.Command(binary), said: new(bytes.Buffer), complaint: new(bytes.Buffer)}
	c.Dir, c.Stderr, c.SysProcAttr = root, c.complaint, &syscall.SysProcAttr{Setsid: true}
	c.Env = append(os.Environ(), variables...)
	return c
}

var (
	readyLine = regexp.MustCompile(`^ready .*API (\S+) .*mailbox (\S+)`)
	databases = regexp.MustCompile(`DynamoDB (\S+)`)
)

// run starts the command and returns when it says that it is ready.
func run(t *testing.T, variables ...string) *command {
	t.Helper()
	c := prepare(t, variables...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Fprintln(c.said, lines.Text())
		if ready := readyLine.FindStringSubmatch(lines.Text()); ready != nil {
			c.api, c.mailbox, c.database = ready[1], ready[2], databases.FindStringSubmatch(lines.Text())[1]
			return c
		}
	}
	c.Wait()
	t.Fatalf("the runner ended before it was ready: %s", c.complaint)
	return nil
}

// family lists the processes of the command's session that are alive.
func (c *command) family(t testing.TB) []string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var alive []string
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended meanwhile
		}
		end := bytes.LastIndexByte(text, ')') // of the name, which may have anything in it
		fields := strings.Fields(string(text[end+1:]))
		// One whose first thread has ended is told as a zombie, and holds its ports while others of its threads are ending.
		state, session, threads := fields[0], fields[3], fields[17]
		if session == strconv.Itoa(c.Process.Pid) && (state != "Z" || threads != "1") {
			alive = append(alive, string(text[:end+1]))
		}
	}
	return alive
}

// freePorts is a port that is free, and with it those of the mailbox and of mutual TLS that follow from it. All lie below
// those of outgoing connections.
func freePorts(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 10000 + rand.IntN(9000)
		if isFree(port) && isFree(port-75) && isFree(port+363) {
			return port
		}
	}
	t.Fatal("no free ports")
	return 0
}

func isFree(port int) bool {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err == nil {
		listener.Close()
	}
	return err == nil
}

// Data outlive a run, what was on its way goes on, and what fell due meanwhile is swept: a reminder of an open change a
// day before it expires (3.4), then the change and a link that nobody used (4.1, 4.7). Nothing that the command started
// outlives it, however it ends and whatever it is busy with.
func TestRunsFollowEachOtherAndLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	port := freePorts(t)
	variables := []string{
		"PORT=" + strconv.Itoa(port), "DATA_DIR=" + filepath.Join(t.TempDir(), "data"), "PROPAGATION=500ms", "SWEEP_EVERY=500ms",
	}
	first := run(t, variables...)
	equal(t, "the API's address", first.api, fmt.Sprintf("http://127.0.0.1:%d", port))
	equal(t, "the mailbox's address", first.mailbox, fmt.Sprintf("http://127.0.0.1:%d", port-75))
	w := walk.At(first.api, first.mailbox, 0).Walk(t).Persistently() // its functions have no more time than deployed
	demo := w.DemoOf("bc-connect")
	if table := first.said.String(); !strings.Contains(table, demo.Users[0].Identifier) || !strings.Contains(table, demo.Users[0].TOTPSecret) {
		t.Errorf("the table of demo users lacks one: %s", table)
	}
	ada, ben := w.Person(demo.Users[0]).SignIn(""), w.Person(demo.Users[1]).SignIn("")
	invited, change := ada.AsksForUser(newUser(w))
	equal(t, "approving", ben.Approves(change).Status, http.StatusOK)
	mail := w.Mail(invited.Email, "Confirm")
	_, token := w.Link(mail)
	wanted := newUser(w)
	_, open := ada.AsksForUser(wanted)
	w.Mail(ben.Email, "Approval needed")
	halfway, propagating := ada.AsksForUser(newUser(w))
	equal(t, "approving", ben.Approves(propagating).Status, http.StatusOK)
	busily(w, func() { ends(w, first, os.Interrupt, 0) })

	week := 168 * time.Hour
	second := run(t, append(variables, "CLOCK_SKEW="+(week-23*time.Hour).String())...)
	w = walk.At(second.api, second.mailbox, week-23*time.Hour).Walk(t).Persistently()
	w.Mail(halfway.Email, "Confirm") // the change that was on its way went on
	w.Mail(ben.Email, "Still waiting")
	equal(t, "reminders", len(w.MailsTo(ben.Email, "Still waiting")), 1)
	equal(t, "an unused link within its 14 days", w.Inspects(token).Status, http.StatusOK)
	busily(w, func() { ends(w, second, syscall.SIGKILL, -1) })

	third := run(t, append(variables, "CLOCK_SKEW="+(2*week).String())...)
	w = walk.At(third.api, third.mailbox, 2*week).Walk(t).Persistently()
	w.Mail(ada.Email, "Expired")
	ada.Walk = w
	equal(t, "the session of two weeks ago", ada.SignedOut(), true)
	ada.SignIn("")
	equal(t, "times that the change on its way was applied", events(ada.Sees(propagating.ID, "effective"), "applied"), 1)
	expired := ada.Sees(open.ID, "expired")
	equal(t, "expiries", events(expired, "expired"), 1)
	equal(t, "a link after its 14 days", code(w.Redeems(token, walk.Password).Problem(http.StatusGone)), "linkExpired")
	w.Until("the link being swept", func() bool { return linkState(t, third.database, invited.ID) == "expired" })
	_, again := ada.AsksForUser(wanted) // its address and number are free again (3.8)
	equal(t, "asked for once more", again.State, "awaitingApproval")
	equal(t, "mails about the change that expired", len(w.MailsTo(ada.Email, "Expired")), 1)
	busily(w, func() { ends(w, third, syscall.SIGTERM, 0) })
}

// linkState is the stored state of a user's only link, which no operation shows.
func linkState(t *testing.T, database, user string) string {
	t.Helper()
	var found []string
	for _, item := range table(t, database) {
		if strings.HasSuffix(item["pk"].(string), "#u#"+user) && strings.HasPrefix(item["sk"].(string), "l#") {
			found = append(found, item["state"].(string))
		}
	}
	if len(found) != 1 {
		t.Fatalf("links of user %s: %v", user, found)
	}
	return found[0]
}

// busily does something while requests keep the functions busy.
func busily(w *walk.Walk, do func()) {
	w.Helper()
	stop := make(chan struct{})
	answered := make(chan struct{}, 4)
	var clients sync.WaitGroup
	for range cap(answered) {
		clients.Go(func() {
			client := http.Client{Timeout: walk.Patience}
			for first := true; ; {
				select {
				case <-stop:
					return
				default:
				}
				// An Argon2id hash keeps a function at work; who tries one name too often is sent away without.
				body := strings.NewReader(`{"identifier":"` + w.Email("nobody") + `","password":"nothing to be found"}`)
				if response, err := client.Post(w.API+"/v1/sign-in", "application/json", body); err == nil {
					response.Body.Close()
					if first {
						first = false
						answered <- struct{}{}
					}
				}
			}
		})
	}
	for range cap(answered) {
		<-answered
	}
	do()
	close(stop)
	clients.Wait()
}

// ends lets the command end by a signal, and looks for what is left of it.
func ends(w *walk.Walk, c *command, signal os.Signal, status int) {
	w.Helper()
	if family := c.family(w); len(family) < 5 { // itself, three parts, a function
		w.Errorf("processes of a runner at work: %v", family)
	}
	if err := c.Process.Signal(signal); err != nil {
		w.Fatal(err)
	}
	c.Wait()
	equal(w, "exit status", c.ProcessState.ExitCode(), status)
	if status == 0 {
		if left := c.family(w); len(left) > 0 {
			w.Errorf("after %v there are left: %v", signal, left)
		}
		return
	}
	// Killed, it can wait for nobody: the kernel ends its children.
	w.Until("the end of every process", func() bool { return len(c.family(w)) == 0 })
}

func TestAPortThatIsTakenIsSaidInOneLine(t *testing.T) {
	t.Parallel()
	for variable, what := range map[string]string{"PORT": "the API", "MAILBOX_PORT": "the mailbox", "MUTUAL_TLS_PORT": "the API with mutual TLS"} {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		port := taken.Addr().(*net.TCPAddr).Port
		variables := []string{"PORT=" + strconv.Itoa(freePorts(t)), variable + "=" + strconv.Itoa(port)}
		c := prepare(t, variables...)
		said, err := c.Output()
		if err == nil {
			t.Error("the runner starts on a port that is taken")
		}
		equal(t, "exit status", c.ProcessState.ExitCode(), 1)
		equal(t, "standard output", string(said), "")
		want := fmt.Sprintf("mandate: port %d of %s is taken: stop what uses it, or set %s to another\n", port, what, variable)
		equal(t, "standard error", c.complaint.String(), want)
	}
}
