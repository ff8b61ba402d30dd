package functionstest

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

var updateMatrix = flag.Bool("update", false, "write the table of who may do what anew, to be looked through")

const matrixFile = "testdata/matrix.txt"

// matrix is the table of who may do what, as the file has it.
type matrix struct {
	head     []string          // its lines up to the first system
	refusals map[string]string // by code: status, fault and policy
	actors   []string          // the columns, in their order
	cells    map[string]string // by system, row and actor
}

func cellKey(preset, row, actor string) string { return preset + ": " + row + ", " + actor }

// readMatrix reads the table. Of a system but the first stands what is otherwise than in the first; a dot is as there.
func readMatrix(t *testing.T) matrix {
	t.Helper()
	text, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	m := matrix{refusals: map[string]string{"+": "let in", "=": public}, cells: map[string]string{}}
	section := ""
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		if slices.Contains(presets, line) || !slices.Contains(presets, section) {
			if !slices.Contains(presets, line) {
				m.head = append(m.head, line)
			}
		}
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, " "):
			section = line
		case section == "refusals":
			m.refusals[words[0]] = strings.Join(words[1:], " ")
		case section == "actors":
			m.actors = append(m.actors, words[0])
		case len(words) <= len(m.actors):
			t.Fatalf("%s:%d: %d columns for %d actors", matrixFile, i+1, len(words)-1, len(m.actors))
		default:
			first := len(words) - len(m.actors)
			row := strings.Join(words[:first], " ")
			for n, actor := range m.actors {
				if code := words[first+n]; code != "." {
					if m.refusals[code] == "" {
						t.Fatalf("%s:%d: %s is not explained", matrixFile, i+1, code)
					}
					m.cells[cellKey(section, row, actor)] = code
				}
			}
		}
	}
	return m
}

// want is what the table has of a cell.
func (m matrix) want(preset, row, actor string) (code string, there bool) {
	if code, there = m.cells[cellKey(preset, row, actor)]; !there {
		code, there = m.cells[cellKey(presets[0], row, actor)]
	}
	return code, there
}

// write writes the table of what was found.
func (m matrix) write(t *testing.T, rows []string, found map[string]string) {
	t.Helper()
	codes := map[string]string{}
	for code, refusal := range m.refusals {
		codes[refusal] = code
	}
	var out strings.Builder
	width := 0
	for _, name := range rows {
		width = max(width, len(name))
	}
	for _, line := range m.head {
		fmt.Fprintln(&out, line)
	}
	unexplained := map[string]bool{}
	for _, preset := range presets {
		fmt.Fprintf(&out, "%s\n", preset)
		for _, name := range rows {
			cells, differs := make([]string, len(m.actors)), preset == presets[0]
			for i, actor := range m.actors {
				told := found[cellKey(preset, name, actor)]
				cells[i] = codes[told]
				if cells[i] == "" {
					unexplained[told], cells[i] = true, "?"
				}
				if preset != presets[0] && told == found[cellKey(presets[0], name, actor)] {
					cells[i] = "."
				}
				differs = differs || cells[i] != "."
			}
			if differs {
				line := fmt.Sprintf("  %-*s", width, name)
				for _, cell := range cells {
					line += fmt.Sprintf(" %-5s", cell)
				}
				fmt.Fprintln(&out, strings.TrimRight(line, " "))
			}
		}
		if preset != presets[len(presets)-1] {
			fmt.Fprintln(&out)
		}
	}
	for _, told := range slices.Sorted(maps.Keys(unexplained)) {
		t.Errorf("explain among the refusals: %s", told)
	}
	if err := os.WriteFile(matrixFile, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every operation × everyone who may ask × every system, as the table has it. An operation that is declared and has no row
// fails, and so does a row whose operation is gone. -update writes what is; it is the table that is then to be read.
//
// Of whoever is refused nothing is written but that, in the log; and of whoever is of another organisation not even who is
// in this one is told.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	want := readMatrix(t)
	var mu sync.Mutex
	found, names := map[string]string{}, []string{}
	t.Run("systems", func(t *testing.T) {
		for _, preset := range presets {
			t.Run(preset, func(t *testing.T) {
				t.Parallel()
				s := newScene(t, preset)
				rows, mentions := s.rows(t), s.mentions(t)
				var own []string
				for _, r := range rows {
					own = append(own, r.name())
					for _, a := range s.actors {
						answer, told := Answer{Status: 200}, public
						if !r.Public || slices.Contains(askPublicly, a.name) {
							answer = s.asks(a, r)
							told = answer.told()
						}
						mu.Lock()
						found[cellKey(preset, r.name(), a.name)] = told
						mu.Unlock()
						code, there := want.want(preset, r.name(), a.name)
						if !there && !*updateMatrix {
							t.Fatalf("the table has no row %s", r.name())
						}
						if told != want.refusals[code] && !*updateMatrix {
							t.Errorf("%s is asked of by %s: the table has %q\n%d %s", r.name(), a.name, want.refusals[code], answer.Status, answer.indented())
						}
						s.leavesNothing(t, r, a, answer)
						for _, text := range mentions {
							if a.name == "othr" && !r.Public && strings.Contains(answer.Text, text) {
								t.Errorf("%s tells another organisation of %s: %s", r.name(), text, answer.Text)
							}
						}
					}
				}
				mu.Lock()
				names = own
				mu.Unlock()
			})
		}
	})
	if *updateMatrix {
		want.write(t, names, found)
		return
	}
	for key := range want.cells {
		if found[key] == "" {
			t.Errorf("the table has %s, which is not asked of", key)
		}
	}
	for _, name := range names {
		let := func(actor string) bool {
			return slices.ContainsFunc(presets, func(preset string) bool { return found[cellKey(preset, name, actor)] == "let in" })
		}
		if !slices.ContainsFunc(want.actors, let) && letInNowhere[name] == "" {
			t.Errorf("nobody is let in to %s anywhere: its request tests nothing", name)
		}
	}
}

// Who is asked to show that a public operation does not look at who asks. What is the same for everyone need not be asked
// by all: several of these hash a password.
var askPublicly = []string{"none", "expd", "othr", "admn"}

const public = "public"

// letInNowhere are the rows that nobody of the table is let in to, and why.
var letInNowhere = map[string]string{
	"sendPhoneCode": "it is of one stage of onboarding: TestOnboardingByEmailAndPhone", "verifyPhone": "as before",
	"approveChange oneselfs": "nobody decides about what they asked for themselves (3.4)", "rejectChange oneselfs": "as before",
	"deactivateUser oneself": "nobody deactivates themselves (1.7)", "removeUser oneself": "as before",
}

// leavesNothing fails the test where who was refused wrote something.
func (s *scene) leavesNothing(t *testing.T, r row, a *actor, answer Answer) {
	t.Helper()
	if answer.Status/100 == 2 {
		return
	}
	for _, key := range s.wrote {
		if answer.Status == 401 || !isLog(key) {
			t.Errorf("%s by %s was answered %d and writes %s", r.name(), a.name, answer.Status, key)
		}
	}
	if answer.Status >= 500 {
		t.Errorf("%s by %s: %d %s", r.name(), a.name, answer.Status, answer.Text)
	}
}
