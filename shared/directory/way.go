package directory

import (
	"context"
	"net/netip"
	"slices"

	"mandate/shared/fault"
)

// A barrier is a rule about the way that a request comes, told like a policy that denied (2.10).
type barrier struct{ policy, reason string }

var (
	addressNotAllowed   = &barrier{"address-not-allowed", "You may not come from this address."}
	certificateRequired = &barrier{"certificate-required", "Calls of this API user come over mutual TLS, with one of its certificates."}
	certificateUnknown  = &barrier{"certificate-unknown", "This certificate is none of this API user's."}
	certificateInvalid  = &barrier{"certificate-not-valid", "This certificate is not valid now."}
)

// detailAddress is what the log says of a refusal whose client is told no more than that its details are wrong.
const detailAddress = "address"

// admits tells whether the user comes from an address (5.4): from any, where it has no list. An address that nobody
// knows is on no list.
func (u User) admits(address netip.Addr) bool {
	return len(u.IPAllowList) == 0 || slices.ContainsFunc(u.IPAllowList, func(text string) bool {
		prefix, ok := parsePrefix(text)
		return ok && prefix.Contains(address.Unmap())
	})
}

// admitted are the users that come from an address.
func admitted(users []User, address netip.Addr) []User {
	return slices.DeleteFunc(slices.Clone(users), func(user User) bool { return !user.admits(address) })
}

// barrier is what stands in the caller's way; nil where nothing does. A user with certificates calls with one of them,
// beside its secret (6.3); one that has expired opens nothing, and does not let the secret alone do so.
func (v visit) barrier() *barrier {
	if !v.caller.admits(v.Source.Address) {
		return addressNotAllowed
	}
	if v.ClientID == "" || len(v.caller.Certificates) == 0 {
		return nil
	}
	if v.Certificate == "" {
		return certificateRequired
	}
	switch certificate, ok := v.caller.certificate(v.Certificate); {
	case !ok:
		return certificateUnknown
	case !certificate.valid(v.now):
		return certificateInvalid
	}
	return nil
}

// checkWay refuses a caller whose session or secret holds and who does not come the way that it has to. The refusal is
// in the log of its own organisation, also that of a preview: nothing of what was asked for was looked at.
func (c *Core) checkWay(ctx context.Context, v visit) error {
	barrier := v.barrier()
	if barrier == nil {
		return nil
	}
	entry := c.ownEntry(v, Action(v.Operation))
	entry.Outcome = Refused
	return c.refuseWay(ctx, entry, barrier)
}

func (c *Core) refuseWay(ctx context.Context, entry Entry, barrier *barrier) error {
	entry.Policy = barrier.policy
	if err := c.Store.Commit(ctx, Log{entry}); err != nil {
		return err
	}
	return &fault.Fault{Code: fault.Forbidden, Detail: barrier.reason, Policy: barrier.policy}
}
