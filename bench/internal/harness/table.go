package harness

import (
	"fmt"
	"io"
	"strconv"
)

// Table prints rows as they come, one line each, so that a long suite shows
// its progress.
type Table struct {
	w     io.Writer
	suite string
	name  string // the case of the last row
	// noted holds what was said about missing peers: once each is enough.
	noted map[string]bool
}

// NewTable returns a table that prints to w.
func NewTable(w io.Writer) *Table { return &Table{w: w, noted: map[string]bool{}} }

const (
	layout  = "%-34s %10s %19s  %-32s %10s %9s  %s\n"
	nothing = "–"
)

// Add prints a row, and the heading before the first of a suite. A case's own
// figures stand in its first row only.
func (t *Table) Add(r Row) error {
	if r.Suite != t.suite {
		t.suite, t.name = r.Suite, ""
		_, err := fmt.Fprintf(t.w, "\n%s on %s, %d cores, %s; median of %d runs, ratio over 1× is ahead of the peer\n"+layout,
			r.Suite, r.Env.CPU, r.Env.Cores, r.Env.Go, r.Runs, "case", "ours", "min … max", "peer", "theirs", "ratio", "")
		if err != nil {
			return err
		}
	}
	name, value, span := r.Case, short(r.Value), short(r.Min)+" … "+short(r.Max)
	if name == t.name {
		name, value, span = "", "", ""
	}
	t.name = r.Case
	_, err := fmt.Fprintf(t.w, layout, name, value, span, peerLabel(r), optional(r.PeerValue, ""), optional(r.Ratio, "×"), r.Metric)
	if err != nil || r.missing == "" || t.noted[*r.Peer] {
		return err
	}
	t.noted[*r.Peer] = true
	_, err = fmt.Fprintf(t.w, "  %s is not installed: %s\n", *r.Peer, r.missing)
	return err
}

func peerLabel(r Row) string {
	switch {
	case r.Peer == nil:
		return nothing
	case r.PeerVersion == nil:
		return *r.Peer
	}
	return *r.Peer + " " + *r.PeerVersion
}

func optional(v *float64, unit string) string {
	if v == nil {
		return nothing
	}
	return short(*v) + unit
}

// short prints a figure without an exponent up to ten million.
func short(v float64) string {
	if v >= 1e7 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
