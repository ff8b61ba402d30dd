package present

import (
	"strings"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/fault"
)

// Factor is the second factor that a request gives by a method that it names. A passkey's credential may come as an
// object, or as text in the place of the code.
//
// Faults: invalid on "code" or "credential", whichever the method takes and is not there.
func Factor(method string, given api.Given) (directory.Factor, error) {
	factor := directory.Factor{Method: directory.Method(method), Code: given.Code, Credential: given.Credential}
	if factor.Method == directory.MethodPasskey && len(factor.Credential) == 0 {
		factor.Code, factor.Credential = "", []byte(given.Code)
	}
	switch {
	case factor.Method == directory.MethodPasskey && len(factor.Credential) == 0:
		return factor, fault.InvalidField("credential", "required", "Give the passkey's answer.")
	case factor.Method != directory.MethodPasskey && factor.Code == "":
		return factor, fault.InvalidField("code", "required", "Give the code.")
	}
	return factor, nil
}

// Current is the second factor that a request gives without saying its method: a credential is a passkey's, all else a
// code of whichever kind. It may give none.
func Current(code string, credential api.PublicKey) directory.Factor {
	if len(credential) == 0 && strings.HasPrefix(code, "{") {
		credential, code = api.PublicKey(code), ""
	}
	if len(credential) > 0 {
		return directory.Factor{Method: directory.MethodPasskey, Credential: credential}
	}
	return directory.Factor{Method: directory.MethodCode, Code: code}
}

// Invitation is what to call a browser with for a passkey's answer.
func Invitation(invitation directory.Invitation, err error) (*api.InvitationAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &api.InvitationAnswer{}
	out.Body.PublicKey, out.Body.ExpiresAt = invitation.PublicKey, invitation.ExpiresAt.UTC()
	return out, nil
}
