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

// port returns the port asked for, or a free one for 0. A taken one is an error.
func port(part string, asked int) (int, error) {
	if asked != 0 {
		if !isFree(asked) {
			return 0, fmt.Errorf("port %d is taken, so %s cannot start: end what listens there, or choose another port", asked, part)
		}
		return asked, nil
	}
	for range 1000 {
		if p := lowestFree + rand.IntN(highestFree-lowestFree); isFree(p) {
			return p, nil
		}
	}
	return 0, fmt.Errorf("no free port for %s between %d and %d", part, lowestFree, highestFree)
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
