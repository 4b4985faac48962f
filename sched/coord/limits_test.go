package coord

import (
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
)

// TestRefusals: what makes no sense or is too much is refused, says why, and
// leaves nothing behind.
func TestRefusals(t *testing.T) {
	m := New(Config{Memory: 100_000})
	m.Step(0, Ticket{1, 1}, Acquire{Names: []string{"taken"}, N: 1})
	big := Value{Data: make([]byte, ValueLimit)}
	m.Step(0, Ticket{1, 2}, Write{"v", big})
	for i, c := range []struct {
		op   Op
		want Outcome
		says string
	}{
		{Acquire{Names: []string{"a", "b"}, N: 3}, Invalid, "3 of 2 locks"},
		{Acquire{Names: nil, N: 0}, Invalid, "0 of 0"},
		{Acquire{Names: []string{"a", "a"}, N: 1}, Invalid, `"a" is there twice`},
		{Acquire{Names: []string{""}, N: 1}, Invalid, "0 bytes"},
		{AwaitEvent{Name: strings.Repeat("x", 2000)}, Invalid, "2000 bytes"},
		{TakePermit{Name: "s", Size: 0}, Invalid, "0 permits"},
		{Put{Name: "q", Max: -1}, Invalid, "-1 items"},
		{Subscribe{Name: "t"}, Invalid, "window of 0"},
		{Publish{"t", Value{Key: graph.NewKey("k")}}, Invalid, "future"},
		{Put{Name: "q", Value: Value{Data: make([]byte, ValueLimit+1)}}, TooLarge, "65537 bytes"},
		{Put{Name: "q", Value: big}, Full, "65536 bytes"},
		{Write{"other", big}, Full, "may have 100000"},
		{Renew{Of: 1}, Not, ""}, // is a lock
		{Heard{Of: 1, N: 1}, Not, ""},
		{Took{Of: 1}, Not, ""},
		{End{Of: 77}, Not, ""},
	} {
		es := m.Step(0, Ticket{1, uint32(10 + i)}, c.op)
		if len(es) != 1 {
			t.Fatalf("%T: %v", c.op, es)
		}
		if a := es[0].(Answer); a.Outcome != c.want || !strings.Contains(a.Text, c.says) {
			t.Errorf("%T %+v: %v, %q; want %v with %q", c.op, c.op, a.Outcome, a.Text, c.want, c.says)
		}
		if err := m.Check(); err != nil {
			t.Fatalf("%T: %v", c.op, err)
		}
	}
	if es := m.Step(0, Ticket{1, 1}, Acquire{Names: []string{"b"}, N: 1}); es[0].(Answer).Outcome != Invalid {
		t.Errorf("a request number that is in use: %v", es)
	}
	if m.InUse() != 2 || m.Bytes() != ValueLimit {
		t.Errorf("%d names and %d bytes, want the lock and the variable", m.InUse(), m.Bytes())
	}
}
