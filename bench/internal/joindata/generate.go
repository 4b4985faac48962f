package joindata

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/ashlar-go/ashlar/kernels"
)

// Tables are the four tables, in partitions.
type Tables struct{ X, Small, Medium, Big []*kernels.Table }

// Release drops the reference to every partition.
func (t *Tables) Release() {
	for _, parts := range [][]*kernels.Table{t.X, t.Small, t.Medium, t.Big} {
		for _, p := range parts {
			p.Release()
		}
	}
}

// A space is keys of which some are on one side only.
type space struct{ left, right []int32 }

func newSpace(r *rand.Rand, rows int) space {
	extra := rows / 10
	keys := make([]int32, rows+extra)
	for i := range keys {
		keys[i] = int32(i + 1)
	}
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	return space{left: keys[:rows], right: keys[extra:]}
}

// Generate makes the tables. The caller releases them.
func Generate(s Spec) (*Tables, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	var spaces [3]space
	for i, rows := range s.sizes() {
		spaces[i] = newSpace(rand.New(rand.NewPCG(s.Seed, uint64(i))), rows)
	}
	t := &Tables{}
	var err error
	if t.X, err = left(rand.New(rand.NewPCG(s.Seed, 3)), s.Rows, spaces); err != nil {
		return nil, fmt.Errorf("joindata: %w", err)
	}
	for i, parts := range []*[]*kernels.Table{&t.Small, &t.Medium, &t.Big} {
		if *parts, err = right(rand.New(rand.NewPCG(s.Seed, uint64(4+i))), spaces[:i+1]); err != nil {
			t.Release()
			return nil, fmt.Errorf("joindata: %w", err)
		}
	}
	return t, nil
}

// left is x: each left key of a space at least once, the rest drawn from them,
// shuffled.
func left(r *rand.Rand, rows int, spaces [3]space) ([]*kernels.Table, error) {
	var ids [][]int32
	for _, sp := range spaces {
		v := make([]int32, rows)
		for i := range v {
			if i < len(sp.left) {
				v[i] = sp.left[i]
			} else {
				v[i] = sp.left[r.IntN(len(sp.left))]
			}
		}
		r.Shuffle(rows, func(i, j int) { v[i], v[j] = v[j], v[i] })
		ids = append(ids, v)
	}
	return parts(r, ids, "v1")
}

// right has the right keys of the last space once each, shuffled, and beside
// them some of the spaces before.
func right(r *rand.Rand, spaces []space) ([]*kernels.Table, error) {
	last := spaces[len(spaces)-1].right
	var ids [][]int32
	for _, sp := range spaces[:len(spaces)-1] {
		v := make([]int32, len(last))
		for i := range v {
			v[i] = sp.right[r.IntN(len(sp.right))]
		}
		ids = append(ids, v)
	}
	own := append([]int32(nil), last...)
	r.Shuffle(len(own), func(i, j int) { own[i], own[j] = own[j], own[i] })
	return parts(r, append(ids, own), "v2")
}

// parts makes a table of its ids: the texts of each, and values.
func parts(r *rand.Rand, ids [][]int32, value string) ([]*kernels.Table, error) {
	rows := len(ids[0])
	v := make([]float64, rows)
	for i := range v {
		v[i] = float64(r.IntN(100_000_000)) / 1e6
	}
	var dicts []arrow.Array
	for _, id := range ids[:min(len(ids), coded)] {
		dicts = append(dicts, words(id))
	}
	defer releaseAll(dicts)
	var out []*kernels.Table
	for lo := 0; lo < rows; lo += PartitionRows {
		hi := min(lo+PartitionRows, rows)
		var cols []arrow.Array
		for _, id := range ids {
			cols = append(cols, fixed(arrow.PrimitiveTypes.Int32, hi-lo, arrow.Int32Traits.CastToBytes(id[lo:hi])))
		}
		for i, id := range ids {
			if i < coded {
				cols = append(cols, codes(id[lo:hi], dicts[i]))
			} else {
				cols = append(cols, texts(id[lo:hi]))
			}
		}
		cols = append(cols, fixed(arrow.PrimitiveTypes.Float64, hi-lo, arrow.Float64Traits.CastToBytes(v[lo:hi])))
		t, err := kernels.NewTable(schema(len(ids), value), cols, hi-lo)
		releaseAll(cols)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// words are the texts of 1 to the greatest of ids.
func words(ids []int32) arrow.Array {
	all := make([]int32, slices.Max(ids))
	for i := range all {
		all[i] = int32(i + 1)
	}
	return texts(all)
}

func texts(ids []int32) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	word := []byte("id")
	for _, id := range ids {
		word = strconv.AppendInt(word[:2], int64(id), 10)
		b.BinaryBuilder.Append(word)
	}
	return b.NewArray()
}

// codes is the texts of ids, out of the dictionary of words.
func codes(ids []int32, dictionary arrow.Array) arrow.Array {
	at := make([]int32, len(ids))
	for i, id := range ids {
		at[i] = id - 1
	}
	indices := fixed(arrow.PrimitiveTypes.Int32, len(ids), arrow.Int32Traits.CastToBytes(at))
	defer indices.Release()
	return array.NewDictionaryArray(text, indices, dictionary)
}

func fixed(t arrow.DataType, rows int, raw []byte) arrow.Array {
	data := array.NewData(t, rows, []*memory.Buffer{nil, memory.NewBufferBytes(raw)}, nil, 0, 0)
	defer data.Release()
	return array.MakeFromData(data)
}

func releaseAll(cols []arrow.Array) {
	for _, c := range cols {
		c.Release()
	}
}
