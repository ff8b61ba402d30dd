package directory

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// 4.6: feedback that comes twice, late and in disorder says the same in the end.
func TestFeedbackSaysTheSameInWhateverOrderItComes(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	deliveries := rapid.Custom(func(t *rapid.T) Delivery {
		return Delivery{
			Status:    rapid.SampledFrom([]DeliveryStatus{Delivered, Bounced, Complained}).Draw(t, "status"),
			Permanent: rapid.Bool().Draw(t, "permanent"), At: begin.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "at")) * time.Minute),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		told := rapid.SliceOfN(deliveries, 1, 8).Draw(t, "told")
		shuffled := append(slices.Clone(told), told[:rapid.IntRange(0, len(told)).Draw(t, "twice")]...)
		seed := rapid.Uint64().Draw(t, "seed")
		rand.New(rand.NewPCG(seed, seed)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })

		hear := func(told []Delivery) (User, *Delivery) {
			user, link := User{Profile: Profile{Email: "Nina@example.com"}}, Link{}
			for _, one := range told {
				user.hear(Feedback{Address: "nina@example.com", Delivery: one})
				if one.outweighs(link.Delivery) {
					link.Delivery = &one
				}
			}
			return user, link.Delivery
		}
		user, delivery := hear(told)
		again, sameDelivery := hear(shuffled)
		if !reflect.DeepEqual(user.EmailProblem(), again.EmailProblem()) || delivery.Status != sameDelivery.Status || delivery.At != sameDelivery.At {
			t.Fatalf("%v, %v and %v, %v", user.EmailProblem(), delivery, again.EmailProblem(), sameDelivery)
		}
	})
}

// 4.6: a problem is of the address that it was found with, and goes when a later mail arrives.
func TestAnEmailProblemComesAndGoes(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return time.Date(2026, time.March, 2, 9, minute, 0, 0, time.UTC) }
	user := User{Profile: Profile{Email: "nina@example.com"}}
	hear := func(address string, one Delivery) { user.hear(Feedback{Address: address, Delivery: one}) }
	want := func(kind DeliveryStatus) {
		t.Helper()
		switch problem := user.EmailProblem(); {
		case kind == "" && problem != nil:
			t.Errorf("there is a problem: %+v", problem)
		case kind != "" && (problem == nil || problem.Kind != kind || problem.Address != user.Email):
			t.Errorf("%+v, not %s", problem, kind)
		}
	}
	hear("nina@example.com", Delivery{Status: Bounced, At: at(1)})
	want("") // the mailbox was full
	hear("former@example.com", Delivery{Status: Bounced, Permanent: true, At: at(2)})
	want("")
	hear("nina@example.com", Delivery{Status: Bounced, Permanent: true, At: at(3)})
	want(Bounced)
	hear("nina@example.com", Delivery{Status: Delivered, At: at(2)})
	want(Bounced)
	hear("nina@example.com", Delivery{Status: Complained, At: at(4)})
	want(Complained)
	hear("nina@example.com", Delivery{Status: Bounced, Permanent: true, At: at(5)}) // kept back because of the complaint
	want(Complained)
	hear("nina@example.com", Delivery{Status: Delivered, At: at(6)})
	want("")
	hear("nina@example.com", Delivery{Status: Bounced, Permanent: true, At: at(7)})
	want(Bounced)
	user.Email = "nina@example.org"
	want("")
}
