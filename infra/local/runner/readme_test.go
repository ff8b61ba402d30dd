package runner_test

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The walk of the README does what the README says, pasted as it stands.
func TestTheWalkOfTheREADME(t *testing.T) {
	t.Parallel()
	root, err := projectRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```sh\n")
	script, _, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatal("the README has no walk")
	}
	house, err := start() // of its own: the walk uses up codes of the demo users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(house.Close)

	command := exec.CommandContext(t.Context(), "bash", "-c", script)
	command.Dir = root
	command.Env = append(os.Environ(), "PORT="+port(t, house.API), "MAILBOX_PORT="+port(t, house.Mailbox))
	said, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	left := string(said)
	for _, expected := range []string{
		"asked: awaitingApproval", `"policy":"approver-is-requester"`, `"state":"awaitingApproval"`, "approved: propagating, effective at 20",
		`"kind":"verification"`, `"recoveryCodes":[`, `"email":"nina@example.com"`, `"decision":true`, `"needsApproval"`,
		"effective", "/problems/unauthenticated", `"decision":false`,
	} {
		_, after, ok := strings.Cut(left, expected)
		if !ok {
			t.Fatalf("the walk does not come to say %s:\n%s", expected, said)
		}
		left = after
	}
}

func port(t *testing.T, base string) string {
	t.Helper()
	parsed, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Port()
}
