package store_test

import (
	"testing"

	"mandate/shared/directory"
	"mandate/shared/store/storetest"
)

func open(t *testing.T) directory.Store {
	s, _ := storetest.Open(t)
	return s
}

func TestContract(t *testing.T) { storetest.Contract(t, open) }

func TestConcurrency(t *testing.T) { storetest.Concurrency(t, open) }
