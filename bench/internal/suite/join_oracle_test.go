//go:build oracle

package suite

import (
	"context"
	"testing"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
)

// The joins and the sort have the answers of Polars and DuckDB.
func TestJoinBesidePeers(t *testing.T) {
	dir := t.TempDir()
	t.Chdir("../../..") // where bench/peers is
	s := harness.Suite{Name: "join", Plan: func(ctx context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
		return planJoinOf(ctx, cfg, 100_000, "polars", "duckdb")
	}}
	rows := 0
	r := harness.Runner{Config: harness.Config{Runs: harness.MinRuns, Threads: 2, Dir: dir}, Emit: func(row harness.Row) error {
		if rows++; row.PeerValue == nil {
			t.Errorf("%s was compared with nothing of %s", row.Case, *row.Peer)
		}
		return nil
	}}
	if err := r.Run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if rows != 6*2 {
		t.Errorf("%d answers were compared, want 6 with 2 peers each", rows)
	}
}
