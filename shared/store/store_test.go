package store_test

import (
	"sync/atomic"
	"testing"

	"mandate/shared/directory"
	"mandate/shared/store"
	"mandate/shared/store/storetest"
)

// open is a store over a client that gives less than it is asked for: nothing that a store promises may rest on its giving
// all at once.
func open(t *testing.T) directory.Store {
	client, table := storetest.OpenTable(t)
	return store.New(stingy{client, new(atomic.Int64)}, table)
}

func TestContract(t *testing.T) { storetest.Contract(t, open) }

func TestConcurrency(t *testing.T) { storetest.Concurrency(t, open) }
