package suite

import (
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/bench/internal/groupdata"
	"github.com/ashlar-go/ashlar/bench/internal/harness"
)

// What is read back from either format is what was written.
func TestScans(t *testing.T) {
	cfg := harness.Config{Threads: 2, Dir: t.TempDir()}
	run := startTestEngine(t, cfg)
	spec := groupdata.Spec{Rows: groupdata.PartitionRows + 1000, K: 100, Seed: 1}
	scans, err := scanFiles(t.Context(), cfg, run, spec)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range scans {
		if _, err := x.run(t.Context(), run, harness.Call{Check: true, Repeat: 1}); err != nil {
			t.Errorf("%s: %v", x.request.Format, err)
		}
		x.want = harness.Answer{"rows": x.want["rows"] + 1}
		if _, err := x.run(t.Context(), run, harness.Call{Check: true, Repeat: 1}); err == nil || !strings.Contains(err.Error(), "rows came back as") {
			t.Errorf("%s: a row is missing, and the error is %v", x.request.Format, err)
		}
	}
}
