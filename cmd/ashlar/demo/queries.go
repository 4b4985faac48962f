package demo

import (
	"math"
	"path/filepath"
	"time"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/examples/data"
	"github.com/ashlar-go/ashlar/frame"
	"github.com/ashlar-go/ashlar/kernels"
)

// Every process of the demo, being the same program, has the data.
func init() { frame.RegisterFS("demo", data.FS) }

// lateMinutes is from when on a flight counts as late.
const lateMinutes = 15

// wholeDays is how many days are whole in the data, the first of which is the
// first of January; endOfDays is the day after them.
const wholeDays = 181

var endOfDays = time.Date(2001, 7, 1, 0, 0, 0, 0, time.UTC)

// queries are what the demo asks of the data, as plans.
type queries struct {
	dir string // of the data; empty is what the program embeds
}

// path returns where a file of the data is.
func (q queries) path(name string) string {
	if q.dir != "" {
		return filepath.Join(q.dir, name)
	}
	return "demo://" + name
}

// flights is the flights with the columns that are derived from them.
func (q queries) flights() *frame.Frame {
	date, delay := frame.Col("date"), frame.Col("delay")
	return frame.ReadParquet(q.path(data.Flights)).
		Filter(delay.IsNull().Or(frame.Col("origin").IsNull()).Not()).
		With(
			date.Hour().As("hour"), date.Weekday().As("weekday"), date.Month().As("month"),
			date.Trunc(frame.Day).As("day"),
			frame.When(delay.Gt(lateMinutes), 1.0, 0.0).As("late"),
		)
}

func (q queries) airports() *frame.Frame {
	return frame.ReadCSV(q.path(data.Airports), frame.CSVOptions{}).Select("iata", "city", "state")
}

// punctuality is what is asked of every group of flights.
func punctuality() []frame.Agg {
	return []frame.Agg{frame.Rows().As("flights"), frame.Mean("delay").As("mean_delay"), frame.Mean("late").As("late")}
}

// busiest is the ten airports with most flights.
func (q queries) busiest() *frame.Frame {
	return q.flights().Join(q.airports(), frame.Inner, frame.On("origin", "iata")).
		GroupBy("origin", "city", "state").Agg(punctuality()...).TopK(10, frame.Desc("flights"))
}

// by is the flights by one of the derived columns.
func (q queries) by(column string) *frame.Frame {
	return q.flights().GroupBy(column).Agg(punctuality()...).Sort(frame.Asc(column))
}

// latest is the five routes of at least 500 flights that are latest.
func (q queries) latest() *frame.Frame {
	return q.flights().GroupBy("origin", "destination").
		Agg(append(punctuality(), frame.Mean("distance").As("miles"))...).
		Filter(frame.Col("flights").Ge(500)).TopK(5, frame.Desc("mean_delay"))
}

// daily is the mean delay by airport and day, in that order, for the airports
// with flights on every whole day: the cells of a matrix of wholeDays columns.
func (q queries) daily() *frame.Frame {
	f := q.flights().Filter(frame.Col("date").Lt(endOfDays))
	days := f.GroupBy("origin").Agg(frame.CountDistinct("day").As("days"))
	whole := days.Filter(frame.Col("days").Eq(wholeDays)).Select("origin")
	return f.Join(whole, frame.Semi, frame.Using("origin")).
		GroupBy("origin", "day").Agg(frame.Mean("delay").As("mean")).
		Sort(frame.Asc("origin"), frame.Asc("day"))
}

// observations is what the regression is made of: hour of day, with its
// minutes as a fraction, thousands of miles, and the delay.
func (q queries) observations() *frame.Frame {
	hour := frame.Col("hour").Add(frame.Col("date").Minute().Div(60))
	return q.flights().Select(
		hour.As("hour"), frame.Col("distance").Div(1000).As("miles"), frame.Col("delay").Cast(frame.Float64).As("delay"))
}

// centred is x with the mean of each row taken away.
func centred(x *array.Array) *array.Array {
	return x.Sub(x.Reduce(array.Reduction{Op: kernels.Mean, Axes: []int{1}, KeepDims: true}))
}

// covariance is that of the rows of a centred matrix.
func covariance(c *array.Array) *array.Array {
	return array.MatMulT(c, c, false, true).Div(observationsLess1(c))
}

func observationsLess1(c *array.Array) float64 { return float64(c.Shape()[1] - 1) }

// regularised is a covariance with one added to its diagonal.
func regularised(cov *array.Array) *array.Array {
	return cov.Add(array.Eye(cov.Shape()[0], array.ChunkShape(48, 48)))
}

// variances is those of the principal components of a centred matrix,
// descending.
func variances(c *array.Array) *array.Array {
	tall := c
	if tall.Shape()[0] < tall.Shape()[1] {
		tall = c.Transpose()
	}
	_, s, _ := tall.SVD()
	return s.Mul(s).Div(observationsLess1(c))
}

// fit is the least-squares fit of the delay to a constant, two harmonics of the
// time of day, and the distance.
func fit(hour, miles, delay *array.Array) *array.Array {
	angle := hour.Mul(2 * math.Pi / 24)
	terms := []*array.Array{
		angle.Mul(0).Add(1), angle.Sin(), angle.Cos(), angle.Mul(2).Sin(), angle.Mul(2).Cos(), miles,
	}
	for i, t := range terms {
		terms[i] = t.ExpandDims(1)
	}
	return array.Lstsq(array.Concatenate(1, terms...), delay)
}
