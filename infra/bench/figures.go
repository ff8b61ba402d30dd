package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// figure is a line of the output.
type figure struct {
	Name   string   `json:"name"`
	Value  float64  `json:"value"`
	Unit   string   `json:"unit"`
	Budget *float64 `json:"budget,omitempty"`
}

// figures writes them as they come.
type figures struct {
	out  io.Writer
	all  []figure
	over []figure
}

// add writes a figure that has no budget.
func (f *figures) add(name string, value float64, unit string) {
	f.write(figure{Name: name, Value: value, Unit: unit})
}

// within writes a figure that has one.
func (f *figures) within(name string, value float64, unit string, budget float64) {
	f.write(figure{Name: name, Value: value, Unit: unit, Budget: &budget})
}

func (f *figures) write(one figure) {
	one.Value = math.Round(one.Value*1000) / 1000
	if one.Budget != nil && one.Value > *one.Budget {
		f.over = append(f.over, one)
	}
	f.all = append(f.all, one)
	line, err := json.Marshal(one)
	if err != nil { // a number that is none
		panic(err)
	}
	fmt.Fprintf(f.out, "%s\n", line)
}

// median of measurements; of an even number, the mean of the two in the middle.
func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// ratios of each round's measurement to its floor.
func ratios(of, floor []float64) []float64 {
	each := make([]float64, len(of))
	for i := range of {
		each[i] = of[i] / floor[i]
	}
	return each
}
