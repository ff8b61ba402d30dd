package otp

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"
)

// QR returns a URI's QR code as an SVG picture in a data URI, for an img element.
// It contains the secret: it is shown once and never stored. The error tells
// that the text is too long for a QR code (2,331 bytes).
func QR(uri string) (string, error) {
	code, err := qrcode.New(uri, qrcode.Medium)
	if err != nil {
		return "", fmt.Errorf("otp: QR code: %w", err)
	}
	modules := code.Bitmap() // with its quiet zone
	var path strings.Builder
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			start := x
			for x < len(row) && row[x] {
				x++
			}
			if x > start {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", start, y, x-start, x-start)
			}
		}
	}
	// The background is drawn, or the code is unreadable on a dark page.
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[1]d" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%[1]dv%[1]dH0z"/><path d="%[2]s"/></svg>`, len(modules), path.String())
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg)), nil
}
