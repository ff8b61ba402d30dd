// Package device tells the type of a device from what its client says of itself (5.5).
//
// It is a short table and no database of browsers: a history wants to know a phone from a desktop, not one phone from
// another, and a table that is read in a minute does not grow old by the week. What a client says is not evidence:
// nothing is decided on it. The type is found when a history is read, never stored, so that a better table is right
// about the past too.
package device

import "strings"

// Type of a device.
type Type string

const (
	Desktop Type = "desktop"
	Mobile  Type = "mobile"
	Tablet  Type = "tablet"
	Bot     Type = "bot"
	Unknown Type = "unknown"
)

// signs of a type in a User-Agent field, in lower case. The first that is found decides: bots call themselves browsers,
// tablets call themselves phones, and all of them desktops.
var signs = []struct {
	text   string
	device Type
}{
	{"bot", Bot}, {"crawl", Bot}, {"spider", Bot}, {"curl/", Bot}, {"wget/", Bot}, {"python", Bot}, {"go-http-client", Bot},
	{"okhttp", Bot}, {"java/", Bot}, {"postman", Bot}, {"headless", Bot}, {"axios", Bot}, {"node-fetch", Bot}, {"libwww", Bot},
	{"ipad", Tablet}, {"tablet", Tablet}, {"kindle", Tablet}, {"silk/", Tablet}, {"playbook", Tablet},
	{"iphone", Mobile}, {"ipod", Mobile}, {"mobile", Mobile}, {"windows phone", Mobile}, {"opera mini", Mobile},
	{"android", Tablet}, // an Android phone says "Mobile" besides
	{"windows nt", Desktop}, {"macintosh", Desktop}, {"x11", Desktop}, {"cros", Desktop}, {"linux", Desktop},
}

// Of is the type of the device that sent a User-Agent field.
func Of(userAgent string) Type {
	text := strings.ToLower(userAgent)
	for _, sign := range signs {
		if strings.Contains(text, sign.text) {
			return sign.device
		}
	}
	return Unknown
}
