package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"mandate/infra/measure"
	"mandate/shared/api"
	"mandate/shared/directory"
)

// among500 is a client among users that nobody has to write.
func among500() *walker {
	base := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	like := directory.User{Organisation: "org_1", Kind: directory.KindRegular, Status: directory.StatusActive, Profile: directory.Profile{
		Access: directory.Access{Roles: []string{"viewAccounts"}, Accounts: []directory.AccountID{"acc_1"}, Companies: []directory.CompanyID{"cmp_1"}},
	}}
	return &walker{load: &load{ground: ground{Users: 500, Base: base}, population: measure.Population{Like: like, Base: base, Step: step}}}
}

// A page is refused that has a wrong user, one twice, one in the wrong place, or lacks one.
func TestPagesAreHeldAgainstTheUsers(t *testing.T) {
	t.Parallel()
	w := among500()
	filters := w.population.Filters(500, w.ground.Base)
	list := func(name string) *walk {
		for _, filter := range filters {
			if filter.Name == name {
				return &walk{filter: filter, seen: map[string]bool{}}
			}
		}
		t.Fatalf("no list %s", name)
		return nil
	}
	page := func(next string, numbers ...int) api.List[api.User] {
		found := api.List[api.User]{Next: next}
		for _, i := range numbers {
			found.Items = append(found.Items, w.populated(i))
		}
		return found
	}
	altered := page("", 99, 199, 299, 399, 499)
	altered.Items[2].Name.Last = "Other"
	for name, test := range map[string]struct {
		page  api.List[api.User]
		right bool
	}{
		"all of it":                    {page("", 99, 199, 299, 399, 499), true},
		"without one in the midst":     {page("", 99, 199, 399, 499), false},
		"without the first":            {page("", 199, 299, 399, 499), false},
		"without the last":             {page("", 99, 199, 299, 399), false},
		"one twice":                    {page("", 99, 199, 199, 299, 399, 499), false},
		"two in the wrong order":       {page("", 99, 299, 199, 399, 499), false},
		"one that does not fit":        {page("", 98, 99, 199, 299, 399, 499), false},
		"one that is not as it was":    {altered, false},
		"short with another behind it": {page("more", 99, 199), false},
	} {
		if err := w.check(list("status"), test.page); (err == nil) != test.right {
			t.Errorf("%s: %v", name, err)
		}
	}
	walk := list("sortedByEmail")
	if err := w.check(walk, page("more", 10, 1)); err != nil {
		t.Error(err)
	}
	if err := w.check(walk, page("more", 1)); err == nil {
		t.Error("somebody came twice in a walk")
	}
	if err := w.check(walk, page("", 0)); err == nil {
		t.Error("a page began before the one before it ended")
	}
}

// A run fails by what grows and by what is wrong, and by nothing else.
func TestARunIsJudged(t *testing.T) {
	t.Parallel()
	run := func(resident, units func(i int) float64) *load {
		l := among500().load
		for i := range 30 {
			l.samples = append(l.samples, sample{
				Seconds: float64(5 * i), Resident: map[string]float64{"users": resident(i), databaseName: float64(i)}, List: "first", Units: units(i),
			})
		}
		return l
	}
	flat := func(int) float64 { return 30 }
	for name, test := range map[string]struct {
		run      *load
		problems string
	}{
		"flat":               {run(flat, flat), ""},
		"growing memory":     {run(func(i int) float64 { return 30 + 2*float64(i) }, flat), "users grew"},
		"too much memory":    {run(func(int) float64 { return 300 }, flat), "more than 256"},
		"growing read units": {run(flat, func(i int) float64 { return 20 + float64(i)/10 }), "a page of first"},
		"too many to read":   {run(flat, func(int) float64 { return 61 }), "a page of first"},
	} {
		err := errors.Join(test.run.judge()...)
		if (err == nil) != (test.problems == "") || err != nil && !strings.Contains(err.Error(), test.problems) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wrong := run(flat, flat)
	wrong.wrong = []error{errors.New("wrong")}
	if len(wrong.judge()) != 1 {
		t.Error("a wrong answer passes")
	}
	for picture := xml.NewDecoder(strings.NewReader(plot(wrong.samples))); ; {
		if _, err := picture.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
