package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// panel is one chart of the plot: some lines over the run's time.
type panel struct {
	title string
	lines []line
}

type line struct {
	name   string
	values []float64 // sample by sample; 0 is none
}

const (
	width, height = 880, 170 // of a panel, in pixels
	left, top     = 60, 30   // of its axes
	right, bottom = 190, 30
)

var colours = [...]string{
	"#1b6ca8", "#c8553d", "#2e8b57", "#8a4fae", "#b8860b", "#16808a", "#a83279", "#5b6b2f", "#6a5acd", "#8b4513", "#4f6d7a", "#d2691e", "#556b2f", "#708090", "#444444",
}

// plot draws the samples as SVG.
func plot(samples []sample) string {
	if len(samples) == 0 {
		return ""
	}
	of := func(value func(sample) float64) []float64 {
		values := make([]float64, len(samples))
		for i, one := range samples {
			values[i] = value(one)
		}
		return values
	}
	var cpu, functions, others []line
	last := samples[len(samples)-1]
	for _, name := range slices.Sorted(maps.Keys(last.CPU)) {
		cpu = append(cpu, line{name, of(func(one sample) float64 { return one.CPU[name] })})
		functions = append(functions, line{name, of(func(one sample) float64 { return one.Resident[name] })})
	}
	for _, name := range []string{runnerName, databaseName} {
		others = append(others, line{name, of(func(one sample) float64 { return one.Resident[name] })})
	}
	panels := []panel{
		{"requests a second", []line{{"all", of(func(one sample) float64 { return one.Rate })}}},
		{"milliseconds to the answer", []line{{"p50", of(func(one sample) float64 { return one.P50 })}, {"p95", of(func(one sample) float64 { return one.P95 })}}},
		{"CPU seconds of the functions, summed up", cpu},
		{"MiB resident of a function's process", functions},
		{"MiB resident of what runs them", others},
		{"read units of a first page of 50, each sample another list", []line{{"units", of(func(one sample) float64 { return one.Units })}}},
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">`+"\n", width, height*len(panels))
	fmt.Fprintf(&out, `<rect width="%d" height="%d" fill="white"/>`+"\n", width, height*len(panels))
	for i, one := range panels {
		fmt.Fprintf(&out, `<g transform="translate(0 %d)">`+"\n", i*height)
		one.draw(&out, of(func(one sample) float64 { return one.Seconds }))
		out.WriteString("</g>\n")
	}
	out.WriteString("</svg>\n")
	return out.String()
}

func (p panel) draw(out *strings.Builder, seconds []float64) {
	top1, span := 0.0, max(seconds[len(seconds)-1], 1)
	for _, one := range p.lines {
		top1 = max(top1, slices.Max(one.values))
	}
	top1 = max(top1*1.05, 1)
	x := func(at float64) float64 { return left + at/span*(width-left-right) }
	y := func(value float64) float64 { return height - bottom - value/top1*(height-top-bottom) }
	fmt.Fprintf(out, `<text x="%d" y="%d" font-weight="bold">%s</text>`+"\n", left, top-12, p.title)
	for _, share := range []float64{0, 0.5, 1} {
		fmt.Fprintf(out, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%.3g</text>`+"\n",
			left, width-right, y(top1*share), y(top1*share), left-6, y(top1*share)+4, top1*share)
		fmt.Fprintf(out, `<text x="%.1f" y="%d" text-anchor="middle">%.0f s</text>`+"\n", x(span*share), height-bottom+15, span*share)
	}
	for i, one := range p.lines {
		colour := colours[i%len(colours)]
		var points strings.Builder
		for j, value := range one.values {
			fmt.Fprintf(&points, "%.1f,%.1f ", x(seconds[j]), y(value))
		}
		fmt.Fprintf(out, `<polyline fill="none" stroke="%s" stroke-width="1.3" points="%s"/>`+"\n", colour, strings.TrimSpace(points.String()))
		fmt.Fprintf(out, `<text x="%d" y="%d" fill="%s">%s</text>`+"\n", width-right+8+(i/10)*90, top+8+(i%10)*13, colour, one.name)
	}
}
