package parts

import (
	"net"
	"testing"
)

// A port that was chosen is nobody else's to choose, though nothing listens on it yet.
func TestAChosenPortIsHeld(t *testing.T) {
	t.Parallel()
	chosen, giveBack, err := port("SES", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer giveBack()
	if !isFree(chosen) {
		t.Errorf("the part cannot listen on port %d", chosen)
	}
	if other, err := net.ListenPacket("udp", address(chosen)); err == nil {
		other.Close()
		t.Errorf("port %d may be chosen twice", chosen)
	}
}
