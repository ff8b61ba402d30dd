package parts

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// loopback is the only address that parts listen on: they ask nobody who they are.
const loopback = "127.0.0.1"

// Ports for parts that may have any: below those of outgoing connections (see the package's
// documentation) on Linux (from 32768) and elsewhere (from 49152).
const (
	lowestFree  = 20000
	highestFree = 32000
)

// port returns the port asked for, or a free one for 0, which is the caller's until it gives it back. A taken one is an error.
//
// A part listens some time after its port was chosen, seconds where the machine is busy; another that came upon the same one
// would find it answered, and take the answer for its own part's. So whoever chooses a port holds it on UDP, which no part
// uses, and which the system takes back from who was killed.
func port(part string, asked int) (port int, giveBack func(), err error) {
	if asked != 0 {
		if !isFree(asked) {
			return 0, nil, fmt.Errorf("port %d is taken, so %s cannot start: end what listens there, or choose another port", asked, part)
		}
		return asked, func() {}, nil
	}
	for range 1000 {
		p := lowestFree + rand.IntN(highestFree-lowestFree)
		held, err := net.ListenPacket("udp", address(p))
		if err != nil {
			continue
		}
		if isFree(p) {
			return p, func() { held.Close() }, nil
		}
		held.Close()
	}
	return 0, nil, fmt.Errorf("no free port for %s between %d and %d", part, lowestFree, highestFree)
}

func isFree(port int) bool {
	listener, err := net.Listen("tcp", address(port))
	if err != nil {
		return false
	}
	listener.Close()
	return true
}

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }
