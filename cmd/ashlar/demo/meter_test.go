package demo

import (
	"strings"
	"testing"
)

// TestProgressKeepsOffTheReport: before anything is written the progress is
// taken off, and a stage that has ended is not shown again.
func TestProgressKeepsOffTheReport(t *testing.T) {
	var events []string
	m := &meter{show: func(stage string, _, _ int64) { events = append(events, "show "+stage) }}
	var out strings.Builder
	m.out = &out
	m.begin("one")
	m.submitted = 10
	m.tell("one", 5)
	if _, err := m.Write([]byte("line\n")); err != nil {
		t.Fatal(err)
	}
	m.tell("one", 7)
	m.end()
	m.tell("one", 9) // its answer came late
	m.begin("two")
	m.tell("two", 9) // nothing was submitted yet
	got := strings.Join(events, ", ")
	if want := "show one, show , show one, show "; got != want {
		t.Errorf("shown: %q, want %q", got, want)
	}
}
