package source

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/parquet-go/parquet-go"
)

// Bounds are the least and greatest value of a column in a row group, as a
// writer recorded them: int64 (also for dates, counted in days, and timestamps,
// in their unit), float64, or string. A string bound may be a prefix of the
// true minimum and longer than no value: it still bounds, but need not occur.
type Bounds struct {
	Min, Max any
}

// Bounds returns the statistics of a column in a row group. ok is false when
// there are none or they cannot be trusted: the deprecated fields whose order
// was never defined, bounds of floats that are NaN, unsigned columns (which
// writers are known to get wrong), and bounds in the wrong order or width.
func (p *Parquet) Bounds(group int, column string) (b Bounds, ok bool, err error) {
	c, err := p.column(column)
	if err != nil {
		return b, false, err
	}
	stats := p.pq.Metadata().RowGroups[group].Columns[c.leaf].MetaData.Statistics
	if stats.MinValue == nil || stats.MaxValue == nil {
		return b, false, nil
	}
	switch c.arrow.ID() {
	case arrow.INT32, arrow.DATE32, arrow.INT64, arrow.TIMESTAMP:
		low, okLow := plainInt(c.kind, stats.MinValue)
		high, okHigh := plainInt(c.kind, stats.MaxValue)
		signed := c.kind == parquet.Int64 || c.arrow.ID() != arrow.INT64
		return Bounds{low, high}, okLow && okHigh && signed && low <= high, nil
	case arrow.FLOAT32, arrow.FLOAT64:
		low, okLow := plainFloat(c.kind, stats.MinValue)
		high, okHigh := plainFloat(c.kind, stats.MaxValue)
		return Bounds{low, high}, okLow && okHigh && low <= high, nil // false for NaN
	case arrow.STRING, arrow.DICTIONARY:
		low, high := string(stats.MinValue), string(stats.MaxValue)
		return Bounds{low, high}, low <= high, nil
	}
	return b, false, nil
}

func plainInt(kind parquet.Kind, b []byte) (int64, bool) {
	switch {
	case kind == parquet.Int32 && len(b) == 4:
		return int64(int32(binary.LittleEndian.Uint32(b))), true
	case kind == parquet.Int64 && len(b) == 8:
		return int64(binary.LittleEndian.Uint64(b)), true
	}
	return 0, false
}

// plainFloat widens a zero to include both signs, which writers may not tell
// apart, by being compared as a number.
func plainFloat(kind parquet.Kind, b []byte) (float64, bool) {
	switch {
	case kind == parquet.Float && len(b) == 4:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), true
	case kind == parquet.Double && len(b) == 8:
		return math.Float64frombits(binary.LittleEndian.Uint64(b)), true
	}
	return 0, false
}
