// Package serving adds the answering of HTTP to a function's parts. Functions that answer events do without.
package serving

import (
	"mandate/functions/present"
	"mandate/functions/wire"
	"mandate/shared/httpapi"
)

// New makes a server for a function's operations.
func New(parts wire.Parts) *httpapi.Server {
	return httpapi.New(httpapi.Options{Log: parts.Log, Now: parts.Core.Now, EdgeTellsPlace: parts.EdgeTellsPlace, Callers: &parts.Core, Outlook: present.Outlook})
}
