package server

import (
	"strings"
	"testing"
)

func TestStealingVariable(t *testing.T) {
	for _, c := range []struct {
		value string
		off   bool
		bad   bool
	}{{"", false, false}, {"true", false, false}, {"false", true, false}, {"0", true, false}, {"nope", false, true}} {
		t.Setenv(StealingVariable, c.value)
		s, err := Listen(Options{Listen: "127.0.0.1:0"})
		if c.bad {
			if err == nil || !strings.Contains(err.Error(), StealingVariable) {
				t.Errorf("%q: error %v does not name the variable", c.value, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if s.opts.Machine.NoStealing != c.off {
			t.Errorf("%q: stealing is off: %t", c.value, s.opts.Machine.NoStealing)
		}
		s.Close()
	}
}
