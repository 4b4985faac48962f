package table

import (
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// packed is a numbering of words by hashing. Few keys go through one table that
// stays in the cache. Many are spread over buckets by their hashes first, each of
// which has a table in the cache.
type packed struct {
	fields []field
	table  wordTable
	first  []uint32
	ids    *memory.Buffer // of all rows, where there are many keys
	batch  [batchSize]uint64
}

const (
	fewKeys    = 1 << 15 // in one table: half a megabyte
	bucketRows = 1 << 12 // about so many rows a bucket
)

func newPacked(mem memory.Allocator, fields []field, rows int) *packed {
	p := &packed{fields: fields, first: numbersOf(0)}
	if rows <= fewKeys || p.estimate(rows) <= fewKeys {
		return p
	}
	words := sized(mem, 8*rows)
	defer words.Release()
	all := viewed[uint64](words)
	for start := 0; start < rows; start += batchSize {
		combine(all[start:min(start+batchSize, rows)], fields, start)
	}
	p.spread(mem, all)
	return p
}

// estimate guesses how many keys there are, by a sample.
func (p *packed) estimate(rows int) float64 {
	const pieces, each = 16, 256
	var table wordTable
	var counts []uint32
	var batch [each]uint64
	table.reserve(pieces * each)
	for piece := range pieces {
		combine(batch[:], p.fields, piece*((rows-each)/(pieces-1)))
		for _, w := range batch {
			id := table.put(w, uint32(len(counts)))
			if int(id) == len(counts) {
				counts = append(counts, 0)
			}
			counts[id]++
		}
	}
	return min(estimateDistinct(counts), float64(rows))
}

func (p *packed) next(buf []uint32, start, n int) []uint32 {
	if p.ids != nil {
		return viewed[uint32](p.ids)[start : start+n]
	}
	words, ids := p.batch[:n], buf[:n]
	combine(words, p.fields, start)
	p.table.reserve(n)
	for i, w := range words {
		id := p.table.put(w, uint32(len(p.first)))
		if int(id) == len(p.first) {
			p.first = append(p.first, uint32(start+i))
		}
		ids[i] = id
	}
	return ids
}

func (p *packed) firsts() []uint32 { return p.first }

func (p *packed) release() {
	recycle(p.first)
	if p.ids != nil {
		p.ids.Release()
	}
}

// spread numbers all words: it sorts them into buckets by their hashes, finds the
// first row of each key bucket by bucket, and then numbers the rows in order.
func (p *packed) spread(mem memory.Allocator, words []uint64) {
	rows := len(words)
	log := max(bits.Len(uint(rows/bucketRows)), 1)
	shift := uint(64 - log)
	ends := make([]uint32, 1<<log+1) // ends[b+1] is where the next row of bucket b goes
	for _, w := range words {
		ends[hashWord(w)>>shift+1]++
	}
	most := uint32(0)
	for b := range 1 << log {
		most = max(most, ends[b+1])
		ends[b+1] += ends[b]
	}
	bucketed, order := sized(mem, 8*rows), sized(mem, 4*rows)
	defer bucketed.Release()
	defer order.Release()
	toWords, toRows := viewed[uint64](bucketed), viewed[uint32](order)
	at := make([]uint32, 1<<log)
	copy(at, ends)
	for row, w := range words {
		b := hashWord(w) >> shift
		k := at[b]
		at[b] = k + 1
		toWords[k], toRows[k] = w, uint32(row)
	}
	p.ids = sized(mem, 4*rows)
	ids := viewed[uint32](p.ids)
	table := make([]uint32, 1<<bits.Len32(2*most))
	for b := range 1 << log {
		lo, hi := ends[b], ends[b+1]
		linkFirst(ids, toWords[lo:hi], toRows[lo:hi], table, uint(log))
	}
	if cap(p.first) < rows {
		p.first = numbersOf(rows)[:0]
	}
	for row, first := range ids {
		if int(first) == row {
			ids[row] = uint32(len(p.first))
			p.first = append(p.first, first)
		} else {
			ids[row] = ids[first]
		}
	}
}

// linkFirst sets into[row] to the first row that has the word of that row. The
// table has room; the words' hashes agree in their upper log bits.
func linkFirst(into []uint32, words []uint64, rows, table []uint32, log uint) {
	size := 1 << bits.Len(uint(2*len(words)))
	table = table[:size]
	clear(table)
	shift, mask := uint(64-bits.TrailingZeros(uint(size))), uint64(size-1)
	for i, w := range words {
		at := hashWord(w) << log >> shift
		for {
			k := table[at&mask]
			if k == 0 {
				table[at&mask] = uint32(i + 1)
				into[rows[i]] = rows[i]
				break
			}
			if words[k-1] == w {
				into[rows[i]] = rows[k-1]
				break
			}
			at++
		}
	}
}
