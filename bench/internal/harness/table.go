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
	// noted holds what was said about missing peers: once each is enough.
	noted map[string]bool
}

// NewTable returns a table that prints to w.
func NewTable(w io.Writer) *Table { return &Table{w: w, noted: map[string]bool{}} }

// Add prints a row, and the heading before the first of a suite.
func (t *Table) Add(r Row) error {
	if r.Suite != t.suite {
		t.suite = r.Suite
		if _, err := fmt.Fprintf(t.w, "\n%s: %s, %d cores, %s\n%-34s %10s %21s  %-20s %10s %8s\n", r.Suite, r.Env.CPU, r.Env.Cores, r.Env.Go,
			"case", "ours", "min … max", "peer", "theirs", "better"); err != nil {
			return err
		}
	}
	span := fmt.Sprintf("%s … %s", short(r.Min), short(r.Max))
	_, err := fmt.Fprintf(t.w, "%-34s %10s %21s  %-20s %10s %8s  %s\n", r.Case, short(r.Value), span,
		peerLabel(r), optional(r.PeerValue, ""), optional(r.Ratio, "×"), r.Metric)
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
		return "–"
	case r.PeerVersion == nil:
		return *r.Peer
	}
	return *r.Peer + " " + *r.PeerVersion
}

func optional(v *float64, unit string) string {
	if v == nil {
		return "–"
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
