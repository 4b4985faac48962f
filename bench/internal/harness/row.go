package harness

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// Row is one case beside one peer, as -json prints it.
type Row struct {
	Suite  string  `json:"suite"`
	Case   string  `json:"case"`
	Metric string  `json:"metric"`
	Value  float64 `json:"value"` // median of Runs
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	Runs   int     `json:"runs"`
	Better Better  `json:"better"`
	// Peer and its version are null in the only row of a case without peers.
	Peer        *string `json:"peer"`
	PeerVersion *string `json:"peer_version"`
	// PeerValue is null when the peer is not installed, and so is Ratio.
	PeerValue *float64 `json:"peer_value"`
	// Ratio is how many times better ours is, whichever way the metric points.
	Ratio *float64 `json:"ratio"`
	Env   Env      `json:"env"`

	missing string // how to install the peer that is not there
}

// newRow sums up our runs of a case: the metric of each.
func newRow(suite string, c *Case, values []float64, env Env) Row {
	return Row{
		Suite: suite, Case: c.Name, Metric: c.Metric, Better: c.Better, Env: env, Runs: len(values),
		Value: round(median(values)), Min: round(slices.Min(values)), Max: round(slices.Max(values)),
	}
}

// beside completes the row with the metric of each of the peer's runs.
func (r Row) beside(p Peer, values []float64) Row {
	name, version := p.Name(), p.Version()
	r.Peer, r.PeerVersion = &name, &version
	theirs := median(values)
	ratio := r.Value / theirs
	if r.Better == Lower {
		ratio = theirs / r.Value
	}
	theirs, ratio = round(theirs), round(ratio)
	r.PeerValue, r.Ratio = &theirs, &ratio
	return r
}

// without completes the row for a peer that is not installed.
func (r Row) without(p Peer, how string) Row {
	name := p.Name()
	r.Peer, r.missing = &name, how
	return r
}

// JSON writes the row as one line.
func (r Row) JSON(w io.Writer) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("bench: the row of %s: %w", r.Case, err)
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// median of an odd or even number of values; of the two in the middle, their
// mean.
func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// round keeps four digits: more would claim a precision that no run has.
func round(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	text := strconv.FormatFloat(v, 'g', 4, 64)
	r, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic("bench: " + text + " is no number: " + err.Error())
	}
	return r
}
