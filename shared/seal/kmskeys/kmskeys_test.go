package kmskeys_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"

	"mandate/shared/seal"
	"mandate/shared/seal/kmskeys"
)

func at(month time.Month) func() time.Time {
	return func() time.Time { return time.Date(2026, month, 17, 9, 0, 0, 0, time.UTC) }
}

func TestTheFirstProcessMakesTheMonthsKeyAndAsksOnce(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	keys := kmskeys.New(fake.client, kmsKey, vault, at(time.March))
	first := mustCurrent(t, keys)
	if first.ID != "key_2026-03" || first.Plain == [32]byte{} {
		t.Errorf("key is %v", first)
	}
	if calls := fake.called(); calls != "GenerateDataKey" {
		t.Errorf("the first use called %s", calls)
	}
	again := mustCurrent(t, keys)
	byID, err := keys.ByID(t.Context(), first.ID)
	if again != first || byID != first || err != nil {
		t.Errorf("later: %v, %v, %v", again, byID, err)
	}
	if calls := fake.called(); calls != "" {
		t.Errorf("later uses called %s", calls)
	}
	if bytes.Contains(vault.wrapped[first.ID], first.Plain[:]) {
		t.Error("the vault has the key unwrapped")
	}
}

func TestTheNextProcessUnwrapsTheSameKey(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	made := mustCurrent(t, kmskeys.New(fake.client, kmsKey, vault, at(time.March)))
	fake.called()
	next := kmskeys.New(fake.client, kmsKey, vault, at(time.March))
	if key := mustCurrent(t, next); key != made {
		t.Error("another key")
	}
	mustCurrent(t, next)
	if calls := fake.called(); calls != "Decrypt" {
		t.Errorf("called %s", calls)
	}
}

func TestTheMonthIsUTCs(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	auckland := time.FixedZone("NZDT", 13*60*60)
	now := func() time.Time { return time.Date(2026, time.January, 1, 0, 30, 0, 0, auckland) }
	if key := mustCurrent(t, kmskeys.New(fake.client, kmsKey, vault, now)); key.ID != "key_2025-12" {
		t.Errorf("key is %v", key)
	}
}

func TestANewMonthHasANewKeyAndOldTextsStillOpen(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	march := seal.New(kmskeys.New(fake.client, kmsKey, vault, at(time.March)))
	sealed, err := march.Seal(t.Context(), "JBSWY3DPEHPK3PXP", "identity/idn_01/totp")
	if err != nil {
		t.Fatal(err)
	}
	april := kmskeys.New(fake.client, kmsKey, vault, at(time.April))
	if key := mustCurrent(t, april); key.ID != "key_2026-04" {
		t.Errorf("key is %v", key)
	}
	opened, err := seal.New(april).Open(t.Context(), sealed, "identity/idn_01/totp")
	if opened != "JBSWY3DPEHPK3PXP" || err != nil {
		t.Errorf("Open = %q, %v", opened, err)
	}
}

// A cold start pays for one call, however many requests wait for it.
func TestConcurrentFirstUsesMakeOneCall(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	keys := kmskeys.New(fake.client, kmsKey, vault, at(time.March))
	got := make([]seal.Key, 32)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() {
			var err error
			if got[i], err = keys.Current(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(slices.Compact(got)) != 1 {
		t.Error("different keys")
	}
	if calls := fake.called(); calls != "GenerateDataKey" {
		t.Errorf("called %s", calls)
	}
}

func TestProcessesThatStartAtOnceAgreeOnOneKey(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	got := make([]seal.Key, 8)
	var made, all sync.WaitGroup
	made.Add(len(got)) // each makes a key before any stores one
	vault.beforeCreate = func() { made.Done(); made.Wait() }
	for i := range got {
		all.Go(func() {
			var err error
			if got[i], err = kmskeys.New(fake.client, kmsKey, vault, at(time.March)).Current(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(slices.Compact(got)) != 1 || len(vault.ids()) != 1 {
		t.Errorf("%d keys stored", len(vault.ids()))
	}
}

// Invariant 3: a call may fail after it took effect.
func TestAKeyWhoseStoringLostItsAnswerIsFoundByTheNextTry(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	vault.createErr = errors.New("timeout")
	keys := kmskeys.New(fake.client, kmsKey, vault, at(time.March))
	if key, err := keys.Current(t.Context()); !errors.Is(err, vault.createErr) || key.ID != "" {
		t.Fatalf("Current = %v, %v", key, err)
	}
	fake.called()
	mustCurrent(t, keys)
	if calls := fake.called(); calls != "Decrypt" {
		t.Errorf("the next try called %s", calls)
	}
}

func TestAFailureIsNotRemembered(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	keys := kmskeys.New(fake.client, kmsKey, vault, at(time.March))
	fake.set(true, false)
	if key, err := keys.Current(t.Context()); err == nil {
		t.Fatalf("Current = %v", key)
	}
	if len(vault.ids()) != 0 {
		t.Error("something was stored")
	}
	fake.set(false, false)
	mustCurrent(t, keys)
}

func TestOpeningNeverMakesAKey(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	keys := kmskeys.New(fake.client, kmsKey, vault, at(time.March))
	if _, err := keys.ByID(t.Context(), "key_2026-03"); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("ByID: %v", err)
	}
	if calls := fake.called(); calls != "" || len(vault.ids()) != 0 {
		t.Errorf("called %q, stored %v", calls, vault.ids())
	}
}

func TestWrappedKeysCannotBeExchangedInTheVault(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	mustCurrent(t, kmskeys.New(fake.client, kmsKey, vault, at(time.March)))
	vault.wrapped["key_2026-04"] = vault.wrapped["key_2026-03"]
	april := kmskeys.New(fake.client, kmsKey, vault, at(time.April))
	if key, err := april.Current(t.Context()); err == nil {
		t.Errorf("Current = %v", key)
	}
}

func TestAKeyOfTheWrongSizeIsRefused(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	fake.set(false, true)
	if key, err := kmskeys.New(fake.client, kmsKey, vault, at(time.March)).Current(t.Context()); err == nil {
		t.Errorf("Current = %v", key)
	}
}

func TestACancelledCallerStopsWaitingAndHarmsNobody(t *testing.T) {
	t.Parallel()
	fake, vault := newFakeKMS(t), newMemoryVault()
	making, finish := make(chan struct{}), make(chan struct{})
	vault.beforeCreate = func() { close(making); <-finish }
	keys := kmskeys.New(fake.client, kmsKey, vault, at(time.March))
	var leader sync.WaitGroup
	leader.Go(func() { mustCurrent(t, keys) })
	<-making
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := keys.Current(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("Current: %v", err)
	}
	close(finish)
	leader.Wait()
	mustCurrent(t, keys)
}

var _ kmskeys.Client = (*kms.Client)(nil)

func mustCurrent(t *testing.T, keys *kmskeys.Keys) seal.Key {
	t.Helper()
	key, err := keys.Current(t.Context())
	if err != nil {
		t.Error(err)
	}
	return key
}
