package demo

import (
	"time"

	arrowarray "github.com/apache/arrow/go/v17/arrow/array"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"gonum.org/v1/gonum/stat"
)

// etl prints what the flights say, and compares what can be compared with
// gonum's statistics of the raw columns.
func (s *session) etl() error {
	s.section("ETL: 3 million flights, Parquet row groups read by the workers")
	q := s.queries()
	tables := []struct {
		title string
		f     *frame.Frame
	}{
		{"The busiest airports", q.busiest()},
		{"By month", q.by("month")},
		{"The latest routes, of those with at least 500 flights", q.latest().With(frame.Col("miles").Round(0))},
	}
	for _, x := range tables {
		t, err := rounded(x.f).Compute(s.ctx, s.runner)
		if err != nil {
			return err
		}
		s.report.table(x.title, t)
		t.Release()
	}
	for _, by := range []string{"weekday", "hour"} {
		if err := s.groupMeans(by); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) queries() queries { return queries{s.cfg.Data} }

// rounded is a table as it is shown.
func rounded(f *frame.Frame) *frame.Frame {
	return f.With(frame.Col("mean_delay").Round(2), frame.Col("late").Round(3))
}

// groupMeans prints the delays by one key and checks them against gonum's means
// of the same rows, read by this process alone.
func (s *session) groupMeans(by string) error {
	start := time.Now()
	t, err := s.queries().by(by).Compute(s.ctx, s.runner)
	if err != nil {
		return err
	}
	defer t.Release()
	took := time.Since(start)
	// The few flights of the night would make the table long.
	shown, err := rounded(frame.FromTables(t)).Filter(frame.Col("flights").Ge(7000)).Compute(s.ctx, &graph.Local{})
	if err != nil {
		return err
	}
	s.report.table("By "+by, shown)
	shown.Release()

	start = time.Now()
	groups, err := s.delaysBy(by)
	if err != nil {
		return err
	}
	var want []float64
	for _, k := range int64s(t, by) {
		want = append(want, stat.Mean(groups[k], nil))
	}
	s.report.check("mean delay by "+by, relativeSlices(floats(t, "mean_delay"), want), 1e-9, timing{took, time.Since(start)})
	return nil
}

// delaysBy reads the delays into this process, grouped by a key.
func (s *session) delaysBy(by string) (map[int64][]float64, error) {
	raw, err := s.queries().flights().Select(by, frame.Col("delay").Cast(frame.Float64).As("delay")).Compute(s.ctx, &graph.Local{})
	if err != nil {
		return nil, err
	}
	defer raw.Release()
	groups := map[int64][]float64{}
	keys, delays := int64s(raw, by), floats(raw, "delay")
	for i, k := range keys {
		groups[k] = append(groups[k], delays[i])
	}
	return groups, nil
}

// int64s and floats return a column without nulls of the named type.
func int64s(t *kernels.Table, col string) []int64 {
	i, err := t.ColumnIndex(col)
	if err != nil {
		panic(err)
	}
	return t.Column(i).(*arrowarray.Int64).Int64Values()
}

func floats(t *kernels.Table, col string) []float64 {
	i, err := t.ColumnIndex(col)
	if err != nil {
		panic(err)
	}
	return t.Column(i).(*arrowarray.Float64).Float64Values()
}
