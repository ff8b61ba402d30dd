package otp

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/skip2/go-qrcode"
)

func TestQRDrawsEveryModuleOfTheCode(t *testing.T) {
	t.Parallel()
	uri := URI("Example Payments", "anna.smith@example.com", NewSecret())
	picture, err := QR(uri)
	if err != nil {
		t.Fatal(err)
	}
	code, err := qrcode.New(uri, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(code.Bitmap(), drawn(t, picture)); diff != "" {
		t.Error(diff)
	}
}

func TestQRRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	if picture, err := QR(strings.Repeat("x", 3000)); err == nil {
		t.Errorf("drew %d bytes", len(picture))
	}
}

// drawn reads the picture back: its second path, run by run.
func drawn(t *testing.T, picture string) [][]bool {
	t.Helper()
	encoded, ok := strings.CutPrefix(picture, "data:image/svg+xml;base64,")
	if !ok {
		t.Fatalf("not an SVG data URI: %.40s", picture)
	}
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	var svg struct {
		ViewBox string `xml:"viewBox,attr"`
		Paths   []struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(text, &svg); err != nil || len(svg.Paths) != 2 {
		t.Fatalf("%v, %+v", err, svg)
	}
	var width, height int
	if _, err := fmt.Sscanf(svg.ViewBox, "0 0 %d %d", &width, &height); err != nil {
		t.Fatal(err)
	}
	modules := make([][]bool, height)
	for y := range modules {
		modules[y] = make([]bool, width)
	}
	for run := range strings.SplitSeq(strings.TrimSuffix(svg.Paths[1].D, "z"), "z") {
		var x, y, length, back int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &length, &back); err != nil || length != back {
			t.Fatalf("run %q: %v", run, err)
		}
		for i := range length {
			modules[y][x+i] = true
		}
	}
	return modules
}
