package main

import "testing"

func TestCommandFindsThePartsAndItsStatusIsPassedOn(t *testing.T) {
	t.Parallel()
	status, err := run([]string{"--", "sh", "-c", `test -n "$MANDATE_TEST_DYNAMODB" && test -n "$MANDATE_TEST_SES" && exit 7`})
	if status != 7 || err != nil {
		t.Errorf("status %d, %v; want 7", status, err)
	}
}

func TestNothingToRun(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"--"}, {"go", "test"}} {
		if status, err := run(args); status != 2 || err == nil {
			t.Errorf("%q: status %d, %v; want the usage", args, status, err)
		}
	}
}
