package demo

import (
	"path/filepath"
	"time"

	arrowarray "github.com/apache/arrow/go/v17/arrow/array"
	"github.com/ashlar-go/ashlar/examples/data"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"gonum.org/v1/gonum/stat"
)

// Every process of the demo, being the same program, has the data.
func init() { frame.RegisterFS("demo", data.FS) }

// lateMinutes is from when on a flight counts as late.
const lateMinutes = 15

// path returns where a file of the data is: in the given directory, or inside
// the program.
func (s *session) path(name string) string {
	if s.cfg.Data != "" {
		return filepath.Join(s.cfg.Data, name)
	}
	return "demo://" + name
}

// flights is the flights with the columns that are derived from them.
func (s *session) flights() *frame.Frame {
	date, delay := frame.Col("date"), frame.Col("delay")
	return frame.ReadParquet(s.path(data.Flights)).
		Filter(delay.IsNull().Or(frame.Col("origin").IsNull()).Not()).
		With(
			date.Hour().As("hour"), date.Weekday().As("weekday"), date.Month().As("month"),
			date.Trunc(frame.Day).As("day"),
			frame.When(delay.Gt(lateMinutes), 1.0, 0.0).As("late"),
		)
}

// etl prints what the flights say, and compares what can be compared with
// gonum's statistics of the raw columns.
func (s *session) etl() error {
	s.section("ETL: 3 million flights, Parquet row groups read by the workers")
	f := s.flights()
	airports := frame.ReadCSV(s.path(data.Airports), frame.CSVOptions{}).Select("iata", "city", "state")
	aggs := []frame.Agg{frame.Rows().As("flights"), frame.Mean("delay").As("mean_delay"), frame.Mean("late").As("late")}
	round := func(f *frame.Frame) *frame.Frame {
		return f.With(frame.Col("mean_delay").Round(2), frame.Col("late").Round(3))
	}
	busiest := f.Join(airports, frame.Inner, frame.On("origin", "iata")).
		GroupBy("origin", "city", "state").Agg(aggs...).TopK(10, frame.Desc("flights"))
	worst := f.GroupBy("origin", "destination").Agg(append(aggs, frame.Mean("distance").As("miles"))...).
		Filter(frame.Col("flights").Ge(500)).TopK(5, frame.Desc("mean_delay"))
	tables := []struct {
		title string
		f     *frame.Frame
	}{
		{"The busiest airports", busiest},
		{"By month", f.GroupBy("month").Agg(aggs...).Sort(frame.Asc("month"))},
		{"The latest routes, of those with at least 500 flights", worst.With(frame.Col("miles").Round(0))},
	}
	for _, x := range tables {
		t, err := round(x.f).Compute(s.ctx, s.runner)
		if err != nil {
			return err
		}
		s.report.table(x.title, t)
		t.Release()
	}
	for _, by := range []string{"weekday", "hour"} {
		if err := s.groupMeans(f, by, aggs, round); err != nil {
			return err
		}
	}
	return nil
}

// groupMeans prints the delays by one key and checks them against gonum's means
// of the same rows, read by this process alone.
func (s *session) groupMeans(f *frame.Frame, by string, aggs []frame.Agg, round func(*frame.Frame) *frame.Frame) error {
	start := time.Now()
	q := f.GroupBy(by).Agg(aggs...).Sort(frame.Asc(by))
	t, err := q.Compute(s.ctx, s.runner)
	if err != nil {
		return err
	}
	defer t.Release()
	took := time.Since(start)
	// The few flights of the night would make the table long.
	shown, err := round(frame.FromTables(t)).Filter(frame.Col("flights").Ge(7000)).Compute(s.ctx, &graph.Local{})
	if err != nil {
		return err
	}
	s.report.table("By "+by, shown)
	shown.Release()

	start = time.Now()
	groups, err := s.delaysBy(f, by)
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
func (s *session) delaysBy(f *frame.Frame, by string) (map[int64][]float64, error) {
	raw, err := f.Select(by, frame.Col("delay").Cast(frame.Float64).As("delay")).Compute(s.ctx, &graph.Local{})
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
