package directory

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// subsets are sets of a few names, so that two of them often share some.
func subsets[T ~string](names ...T) *rapid.Generator[[]T] {
	return rapid.Custom(func(t *rapid.T) []T {
		var chosen []T
		for _, name := range names {
			if rapid.Bool().Draw(t, string(name)) {
				chosen = append(chosen, name)
			}
		}
		return set(chosen)
	})
}

func profiles() *rapid.Generator[Profile] {
	return rapid.Custom(func(t *rapid.T) Profile {
		return Profile{
			Name: Name{First: rapid.SampledFrom([]string{"Ada", "Ben"}).Draw(t, "name")}, Email: "a@example.com", Language: "en",
			Access: Access{
				Companies:   subsets[CompanyID]("cmp_1", "cmp_2").Draw(t, "companies"),
				Accounts:    subsets[AccountID]("acc_1", "acc_2", "acc_3").Draw(t, "accounts"),
				Roles:       subsets("r1", "r2", "r3").Draw(t, "roles"),
				Permissions: subsets[Permission]("p:1", "p:2", "p:3").Draw(t, "permissions"),
			},
			PaymentRule:  rapid.SampledFrom([]PaymentRule{"", PaymentsNeedApproval, PaymentsSubmit}).Draw(t, "rule"),
			Contact:      rapid.Bool().Draw(t, "contact"),
			APIAccess:    rapid.Bool().Draw(t, "API"),
			PaymentLinks: rapid.Bool().Draw(t, "links"),
			IPAllowList:  subsets("192.0.2.1/32", "198.51.100.0/24").Draw(t, "addresses"),
		}
	})
}

func within[T comparable](part, whole []T) bool {
	return !slices.ContainsFunc(part, func(one T) bool { return !slices.Contains(whole, one) })
}

func accessWithin(part, whole Access) bool {
	return within(part.Companies, whole.Companies) && within(part.Accounts, whole.Accounts) &&
		within(part.Roles, whole.Roles) && within(part.Permissions, whole.Permissions)
}

// What a change gains and what is kept make up what there is afterwards, and have nothing in common.
func TestGainsAndWhatIsKeptMakeTheAfter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, after := profiles().Draw(t, "before").Access, profiles().Draw(t, "after").Access
		gained, stays := gains(before, after), kept(before, after)
		whole := Access{
			Companies: set(slices.Concat(gained.Companies, stays.Companies)), Accounts: set(slices.Concat(gained.Accounts, stays.Accounts)),
			Roles: set(slices.Concat(gained.Roles, stays.Roles)), Permissions: set(slices.Concat(gained.Permissions, stays.Permissions)),
		}
		if !cmp.Equal(whole, after) {
			t.Fatalf("gains %+v and what is kept %+v are not %+v", gained, stays, after)
		}
		if !accessWithin(stays, before) || !gains(gained, before).equal(before) {
			t.Fatalf("%+v was there before", gained)
		}
		if !gains(before, before).empty() {
			t.Fatal("what stays as it is gains something")
		}
	})
}

// equal compares accesses, for the property above.
func (a Access) equal(b Access) bool { return reflect.DeepEqual(a, b) }

// 3.6: between approval and effect a user has nothing that the change gives, and nothing that it takes.
func TestWhatIsWithdrawnIsNeitherGivenNorKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, after := profiles().Draw(t, "before"), profiles().Draw(t, "after")
		interim := withdrawn(before, after)
		if !accessWithin(interim.Access, before.Access) || !accessWithin(interim.Access, after.Access) {
			t.Fatalf("%+v is more than %+v or %+v", interim.Access, before.Access, after.Access)
		}
		if interim.APIAccess && !(before.APIAccess && after.APIAccess) || interim.PaymentLinks && !(before.PaymentLinks && after.PaymentLinks) {
			t.Fatal("a switch is on that was off or goes off")
		}
		if after.PaymentRule == PaymentsNeedApproval && interim.PaymentRule != PaymentsNeedApproval {
			t.Fatal("payments are submitted without the approval that they will need")
		}
		if before.PaymentRule == PaymentsNeedApproval && interim.PaymentRule == PaymentsSubmit {
			t.Fatal("payments are submitted that still need approval")
		}
		if interim.Name != before.Name || interim.Email != before.Email || interim.Contact != before.Contact {
			t.Fatal("what is neither given nor taken changed")
		}
		if !equal(withdrawn(before, before), before) {
			t.Fatal("a change of nothing withdraws something")
		}
		// Withdrawn again, as when a change is approved by a request that was sent twice, it stays the same.
		if !equal(withdrawn(interim, after), interim) {
			t.Fatal("what is withdrawn twice is not what is withdrawn once")
		}
	})
}

// 5.4: an allow-list never opens up by what a change takes; an empty one allows everything.
func TestAnAllowListIsOnlyNarrowed(t *testing.T) {
	t.Parallel()
	allows := func(list []string, address string) bool { return len(list) == 0 || slices.Contains(list, address) }
	addresses := []string{"192.0.2.1/32", "192.0.2.2/32", "192.0.2.3/32"}
	rapid.Check(t, func(t *rapid.T) {
		before, after := subsets(addresses...).Draw(t, "before"), subsets(addresses...).Draw(t, "after")
		both := narrowed(before, after)
		for _, address := range addresses {
			if allows(both, address) && !allows(after, address) {
				t.Fatalf("%s is allowed by %v, between %v and %v", address, both, before, after)
			}
		}
		if len(before) > 0 && len(both) == 0 {
			t.Fatalf("the list became empty, which allows everything: between %v and %v", before, after)
		}
	})
}

// 3.3: the digest is over everything that was shown, and over what it is about.
func TestADigestIsSensitiveToEveryField(t *testing.T) {
	t.Parallel()
	profile := Profile{
		Name: Name{"Ada", "Lovelace"}, Email: "ada@example.com", Username: "ada", Phone: "+442079460018", Language: "en",
		Access:      Access{Companies: []CompanyID{"cmp_1"}, Accounts: []AccountID{"acc_1"}, Roles: []string{"r"}, Permissions: []Permission{"p:a"}},
		PaymentRule: PaymentsSubmit, Type: "merchant", IPAllowList: []string{"192.0.2.1/32"},
	}
	change := func() Change {
		return Change{
			ID: "chg_1", Organisation: "org_1", Act: ActUpdateUser, Target: "usr_1", BaseVersion: 3,
			Before: &Snapshot{Kind: KindRegular, Status: StatusActive, Profile: profile}, After: Snapshot{Kind: KindRegular, Status: StatusActive, Profile: profile},
		}
	}
	digests := map[string]string{change().digest(): "as it is"}
	vary := func(name string, alter func(*Change)) {
		t.Helper()
		altered := change()
		alter(&altered)
		if other, there := digests[altered.digest()]; there {
			t.Errorf("%s has the digest of %s", name, other)
		}
		digests[altered.digest()] = name
	}
	vary("the id", func(c *Change) { c.ID = "chg_2" })
	vary("the organisation", func(c *Change) { c.Organisation = "org_2" })
	vary("the act", func(c *Change) { c.Act = ActDeactivateUser })
	vary("the target", func(c *Change) { c.Target = "usr_2" })
	vary("the version", func(c *Change) { c.BaseVersion = 4 })
	vary("no before", func(c *Change) { c.Before = nil })
	vary("the kind", func(c *Change) { c.After.Kind = KindAdmin })
	vary("the status", func(c *Change) { c.After.Status = StatusInactive })

	// Every field of the profile, whatever is added to it.
	var walk func(path string, at func(*Profile) reflect.Value)
	walk = func(path string, at func(*Profile) reflect.Value) {
		value := at(&profile)
		if value.Kind() == reflect.Struct {
			for i := range value.NumField() {
				walk(path+"."+value.Type().Field(i).Name, func(p *Profile) reflect.Value { return at(p).Field(i) })
			}
			return
		}
		for _, side := range []string{"before", "after"} {
			vary(side+path, func(c *Change) {
				snapshot := &c.After
				if side == "before" {
					snapshot = c.Before
				}
				switch field := at(&snapshot.Profile); field.Kind() {
				case reflect.String:
					field.SetString(field.String() + "x")
				case reflect.Bool:
					field.SetBool(!field.Bool())
				case reflect.Slice:
					field.Set(reflect.MakeSlice(field.Type(), 0, 0))
				default:
					t.Fatalf("%s is of a kind that this test does not know", path)
				}
			})
		}
	}
	walk("", func(p *Profile) reflect.Value { return reflect.ValueOf(p).Elem() })
}

// Differences tell of every field that changes, and of none that does not.
func TestDifferences(t *testing.T) {
	t.Parallel()
	before := Snapshot{Kind: KindRegular, Status: StatusActive, Profile: Profile{
		Name: Name{"Ada", "Lovelace"}, Email: "ada@example.com", Language: "en",
		Access: Access{Accounts: []AccountID{"acc_1"}, Permissions: []Permission{"p:a", "p:b"}},
	}}
	after := before
	if got := Differences(&before, after); len(got) != 0 {
		t.Errorf("nothing changed, and yet %v", got)
	}
	after.Status = StatusInactive
	after.Profile.Permissions = []Permission{"p:b"}
	after.Profile.Contact = true
	want := []Difference{
		{"status", "active", "inactive"}, {"permissions", "p:a, p:b", "p:b"}, {"contact", "false", "true"},
	}
	if difference := cmp.Diff(want, Differences(&before, after)); difference != "" {
		t.Error(difference)
	}
	// Of a new user, what it has.
	want = []Difference{
		{"status", "", "active"}, {"kind", "", "regular"}, {"name", "", "Ada Lovelace"}, {"email", "", "ada@example.com"},
		{"language", "", "en"}, {"accounts", "", "acc_1"}, {"permissions", "", "p:a, p:b"},
	}
	if difference := cmp.Diff(want, Differences(nil, before)); difference != "" {
		t.Error(difference)
	}
}

// Every field of a profile is told of: one that is added and forgotten would be approved unseen.
func TestNoFieldChangesUnseen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, after := profiles().Draw(t, "before"), profiles().Draw(t, "after")
		told := len(Differences(&Snapshot{Profile: before}, Snapshot{Profile: after})) > 0
		if told == equal(before, after) {
			t.Fatalf("told: %v, of %s", told, cmp.Diff(before, after))
		}
	})
	fields := map[string]bool{}
	for _, difference := range (Snapshot{}).fields() {
		fields[difference.Field] = true
	}
	for field := range reflect.TypeFor[Profile]().Fields() {
		if field.Anonymous {
			for inner := range field.Type.Fields() {
				fields["seen "+inner.Name] = fields[inner.Tag.Get("json")]
			}
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields["seen "+field.Name] = fields[name]
	}
	for name, seen := range fields {
		if !seen {
			t.Errorf("%s is not among the differences", name)
		}
	}
}

func (a Access) empty() bool {
	return len(a.Companies)+len(a.Accounts)+len(a.Roles)+len(a.Permissions) == 0
}
