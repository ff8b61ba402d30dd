package wire

import "runtime"

// ample is more stack than answering an event takes, in bytes.
const ample = 48 << 10

// growStack makes the stack of the goroutine that calls it that large at once. A stack begins small and is copied each time
// that it doubles: of a handler that is in the midst of a call to DynamoDB that is a hundred frames, three times over, and a
// twentieth of a start. Here it is still flat. Only the call's frame counts, so nothing is put into it.
//
//go:noinline
func growStack(use bool) {
	if use {
		var space [ample]byte
		runtime.KeepAlive(&space)
	}
}
