package table

import (
	"math"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/ashlar-go/ashlar/kernels"
)

// A Survey is what a sample of rows tells about their keys.
type Survey struct {
	Rows   int     // of the sample
	Groups float64 // estimate of the distinct keys of all rows; +Inf if all in the sample differ

	columns []columnSurvey
}

// columnSurvey is what one key column does alone.
type columnSurvey struct {
	distinct  float64
	commonest float64 // share of the rows that the most frequent value has
}

// NewSurvey looks at a sample of keys. Errors are as in Distinct.
func NewSurvey(sample *kernels.Table, keys []string) (Survey, error) {
	cols, err := keyColumns("sample", sample, keys)
	if err != nil {
		return Survey{}, err
	}
	s := Survey{Rows: sample.NumRows()}
	counts := frequencies(cols, s.Rows)
	s.Groups = estimateDistinct(counts)
	for i := range cols {
		if len(cols) > 1 {
			counts = frequencies(cols[i:i+1], s.Rows)
		}
		most := uint32(0)
		for _, n := range counts {
			most = max(most, n)
		}
		s.columns = append(s.columns, columnSurvey{estimateDistinct(counts), float64(most) / float64(max(s.Rows, 1))})
	}
	return s, nil
}

// Spreading returns the key column whose values alone spread rows well over so
// many buckets, the best if there are several, or -1.
func (s Survey) Spreading(buckets int) int {
	best := -1
	for i, c := range s.columns {
		if c.distinct < float64(buckets) || c.commonest*float64(s.Rows) > 2+float64(s.Rows)/float64(buckets) {
			continue
		}
		if best < 0 || c.distinct > s.columns[best].distinct {
			best = i
		}
	}
	return best
}

// frequencies counts the rows of each distinct key.
func frequencies(cols []arrow.Array, rows int) []uint32 {
	keys := newNumbering(kernels.DefaultAllocator(), cols, rows)
	defer keys.release()
	counts := make([]uint32, 0, rows)
	var batch [batchSize]uint32
	for start := 0; start < rows; start += batchSize {
		ids := keys.next(batch[:], start, min(batchSize, rows-start))
		counts = counts[:len(keys.firsts())]
		for _, id := range ids {
			counts[id]++
		}
	}
	return counts
}

// estimateDistinct estimates how many kinds there are by how many of those seen
// were seen once and twice (Chao, 1984).
func estimateDistinct(counts []uint32) float64 {
	var once, twice float64
	for _, n := range counts {
		switch n {
		case 1:
			once++
		case 2:
			twice++
		}
	}
	switch {
	case once == 0:
		return float64(len(counts))
	case twice == 0 && int(once) == len(counts):
		return math.Inf(1)
	}
	return float64(len(counts)) + once*(once-1)/(2*(twice+1))
}
