package suite

import (
	"strings"
	"testing"
)

func TestVectorRows(t *testing.T) {
	t.Chdir(t.TempDir()) // where no peers are installed
	rows := runQuick(t, Vector(), func(name string) bool { return name == "f64/sqrt" || name == "f32/var" || name == "f64/dot" })
	if len(rows) != 3*3 {
		t.Fatalf("%d rows, want 3 cases × 3 peers", len(rows))
	}
	for _, r := range rows {
		switch *r.Peer {
		case "numpy":
			if r.PeerValue != nil {
				t.Errorf("%s: numpy is not installed here, yet it has %v", r.Case, *r.PeerValue)
			}
		case "memory": // a cache may be faster than what is measured, not by much
			if r.Ratio == nil || *r.Ratio > 4 {
				t.Errorf("%s: %v of the memory's rate cannot be", r.Case, r.Ratio)
			}
		default:
			if r.Ratio == nil || *r.Ratio < 0.01 || *r.Ratio > 1000 {
				t.Errorf("%s beside %s: ratio %v", r.Case, *r.Peer, r.Ratio)
			}
		}
	}
}

func TestCheckVectorSeesOneWrongElement(t *testing.T) {
	want := []float64{1, 2, 3}
	if err := checkVector("exp", []float64{1, 2, 3}, want); err != nil {
		t.Fatal(err)
	}
	if err := checkVector("exp", []float64{1, 2 + 1e-9, 3}, want); err == nil || !strings.Contains(err.Error(), "element 1") {
		t.Errorf("got %v, want an error that names element 1", err)
	}
}
