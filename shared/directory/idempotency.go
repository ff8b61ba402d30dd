package directory

import (
	"context"
	"encoding/json"

	"mandate/shared/fault"
)

// remember keeps what the request did, where it has an Idempotency-Key.
func (v visit) remember(resource string, change ChangeID) []Effect {
	if v.IdempotencyKey == "" {
		return nil
	}
	return []Effect{Remember{Remembered{
		Ref: v.rememberedRef(), Fingerprint: v.Fingerprint, Resource: resource, Change: change, At: v.now,
	}}}
}

// remembered is what the request's Idempotency-Key did before, if it did.
func (v visit) remembered() (Remembered, bool, error) {
	if v.IdempotencyKey == "" {
		return Remembered{}, false, nil
	}
	remembered, ok := v.found.Remembered[v.rememberedRef()]
	if ok && remembered.Fingerprint != v.Fingerprint {
		return Remembered{}, false, keyReused()
	}
	return remembered, ok, nil
}

func (v visit) rememberedRef() RememberedRef {
	return RememberedRef{v.home.ID, v.caller.ID, v.IdempotencyKey}
}

func keyReused() error {
	return fault.New(fault.KeyReused, "This Idempotency-Key came with another request before.")
}

// sealedAnswer is what is kept of a request with an Idempotency-Key that says or is answered a secret. Such an answer is in
// no record to be told from again; and the fingerprint of a body with a password in it is a quick hash of that password.
type sealedAnswer struct {
	Fingerprint string          `json:"fingerprint"`
	Answer      json.RawMessage `json:"answer"`
}

// place is where an answer is sealed for.
func (r RememberedRef) place() string {
	return "answer/" + string(r.Organisation) + "/" + string(r.User) + "/" + r.Key
}

// rememberSealed keeps what a request said and was answered, where it has an Idempotency-Key.
func (c *Core) rememberSealed(ctx context.Context, v visit, answer any) ([]Effect, error) {
	if v.IdempotencyKey == "" {
		return nil, nil
	}
	plain, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	if plain, err = json.Marshal(sealedAnswer{v.Fingerprint, plain}); err != nil {
		return nil, err
	}
	ref := v.rememberedRef()
	sealed, err := c.Sealer.Seal(ctx, string(plain), ref.place())
	return []Effect{Remember{Remembered{Ref: ref, Sealed: sealed, At: v.now}}}, err
}

// carryOutOnce does what takes effect at once, as carryOut does, and keeps with it what the request said and was answered.
func (c *Core) carryOutOnce(ctx context.Context, v visit, answer any, warnings []Warning, effects ...Effect) error {
	remember, err := c.rememberSealed(ctx, v, answer)
	if err != nil {
		return err
	}
	return c.carryOut(ctx, v, warnings, append(effects, remember...)...)
}

// answeredBefore tells whether the request was done before under its Idempotency-Key, and reads what it was answered.
//
// Faults: keyReused.
func (c *Core) answeredBefore(ctx context.Context, v visit, answer any) (bool, error) {
	if v.IdempotencyKey == "" {
		return false, nil
	}
	ref := v.rememberedRef()
	remembered, there := v.found.Remembered[ref]
	if !there {
		return false, nil
	}
	if remembered.Sealed == "" {
		return false, keyReused()
	}
	plain, err := c.Sealer.Open(ctx, remembered.Sealed, ref.place())
	if err != nil {
		return false, err
	}
	var before sealedAnswer
	if err := json.Unmarshal([]byte(plain), &before); err != nil {
		return false, err
	}
	if before.Fingerprint != v.Fingerprint {
		return false, keyReused()
	}
	return true, json.Unmarshal(before.Answer, answer)
}

// once is an attempt at what is done once under a request's Idempotency-Key. What the batch read finds is not all of one
// moment: of the same request, being done just then, it may find what was done and not yet the key, and the act would be
// refused for what itself had done. So who is refused looks for the key once more, and where it is there begins anew.
func once[T any](ctx context.Context, store Store, r Request, act func(again bool) (T, error)) (T, error) {
	looked := r.IdempotencyKey == ""
	return attempt(ctx, func(again bool) (T, error) {
		answer, err := act(again)
		refused, ok := fault.As(err)
		if looked || !ok || refused.Code == fault.Stale || refused.Code == fault.Unauthenticated {
			return answer, err
		}
		looked = true
		entry, invalid := r.entry()
		if invalid != nil {
			return answer, err
		}
		ref := RememberedRef{entry.home, entry.user.ID, r.IdempotencyKey}
		found, unread := store.Read(ctx, Want{Remembered: []RememberedRef{ref}})
		if unread != nil {
			return answer, unread
		}
		if _, there := found.Remembered[ref]; there {
			return answer, fault.New(fault.Stale, "")
		}
		return answer, err
	})
}
