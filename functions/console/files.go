package console

import "embed"

// The placeholder in dist keeps this compiling where nothing has been built.
//
//go:embed all:dist
var built embed.FS
