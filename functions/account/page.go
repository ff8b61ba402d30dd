package account

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// linkPage is where mailed links lead. Opening it consumes nothing: its script inspects the link, and redeems it when
// the person has chosen a password (4.4).
//
//go:embed link.html
var linkPage []byte

// linkPolicy lets the page run its own script and style, by their hashes, and speak to its own origin alone.
var linkPolicy = "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"script-src '" + hashOf("<script>", "</script>") + "'; style-src '" + hashOf("<style>", "</style>") + "'"

func hashOf(open, close string) string {
	_, rest, _ := bytes.Cut(linkPage, []byte(open))
	inside, _, _ := bytes.Cut(rest, []byte(close))
	sum := sha256.Sum256(inside)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (h handlers) getLinkPage(context.Context, directory.Request, *api.None) (*api.Document, error) {
	return &api.Document{ContentType: "text/html; charset=utf-8", Security: linkPolicy, Body: linkPage}, nil
}
