package table

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/ashlar-go/ashlar/kernels"
)

// keyTable numbers distinct keys of any number of columns, in order of first
// appearance. No columns make one key, which all rows have.
type keyTable struct {
	coders []coder
	levels []*pairTable // levels[k] numbers the pairs of (key of columns < k, code of column k)
	first  []uint32     // the row where each key first appeared
	codes  [batchSize]uint32
}

// newKeyTable prepares to number the rows of cols, whose types are known to be
// key types. skipNulls gives no number to keys with a null in them.
func newKeyTable(cols []arrow.Array, skipNulls bool) *keyTable {
	k := &keyTable{}
	for _, col := range cols {
		c := newCoder(col, skipNulls)
		k.coders = append(k.coders, c)
		var level *pairTable // not needed where codes already are numbers in order
		if len(k.levels) > 0 || c.fixed() > 0 {
			level = newPairTable(c.fixed(), directLimit(col.Len()))
		}
		k.levels = append(k.levels, level)
	}
	return k
}

// size is how many keys there are.
func (k *keyTable) size() int { return len(k.first) }

// add writes the numbers of at most batchSize rows, from start on, noCode for
// skipped ones. Batches must come in order.
func (k *keyTable) add(ids []uint32, start int) {
	clear(ids)
	for i, c := range k.coders {
		codes := k.codes[:len(ids)]
		c.add(codes, start)
		if k.levels[i] == nil {
			copy(ids, codes)
		} else {
			k.levels[i].add(ids, codes, k.before(i))
		}
	}
	next := uint32(len(k.first))
	for i, id := range ids {
		if id == next {
			k.first = append(k.first, uint32(start+i))
			next++
		}
	}
}

// before is how many numbers the columns before column i can have.
func (k *keyTable) before(i int) int {
	switch {
	case i == 0:
		return 1
	case k.levels[i-1] == nil:
		return k.coders[i-1].size()
	}
	return int(k.levels[i-1].next)
}

// lookup returns a finder of keys that consist of one value from each of cols.
func (k *keyTable) lookup(cols []arrow.Array) finder {
	finders := make([]finder, len(cols))
	for i, col := range cols {
		finders[i] = k.coders[i].finder(col)
	}
	var batch [batchSize]uint32
	return func(ids []uint32, start int) {
		clear(ids)
		codes := batch[:len(ids)]
		for i, find := range finders {
			find(codes, start)
			if k.levels[i] == nil {
				copy(ids, codes)
			} else {
				k.levels[i].find(ids, codes)
			}
		}
	}
}

// pairTable numbers pairs of (number before, code) in order of first
// appearance: by direct address while the pairs fit into limit slots, by
// hashing beyond that.
type pairTable struct {
	width  int // codes are below it; 0 means that pairs are hashed
	limit  int
	direct []uint32 // number plus one of pair before*width+code
	hashed wordTable
	next   uint32
}

func newPairTable(width, limit int) *pairTable {
	if width > limit+1 {
		width = 0
	}
	return &pairTable{width: width, limit: limit + 1}
}

// add replaces each number in ids, which are below before, by that of its pair
// with the code beside it.
func (p *pairTable) add(ids, codes []uint32, before int) {
	if p.width > 0 && p.reach(before*p.width) {
		if before == 1 {
			p.addFirst(ids, codes)
		} else {
			p.addDirect(ids, codes)
		}
		return
	}
	p.hashed.reserve(len(ids))
	next := p.next
	for i, code := range codes {
		if ids[i] == noCode || code == noCode {
			ids[i] = noCode
			continue
		}
		id := p.hashed.put(uint64(ids[i])<<32|uint64(code), next)
		if ids[i] = id; id == next {
			next++
		}
	}
	p.next = next
}

// reach makes n slots directly addressable, or turns to hashing and returns
// false.
func (p *pairTable) reach(n int) bool {
	if n <= len(p.direct) {
		return true
	}
	if n <= p.limit {
		grown := make([]uint32, min(max(n, 2*len(p.direct)), p.limit))
		copy(grown, p.direct)
		p.direct = grown
		return true
	}
	p.hashed.reserve(int(p.next))
	for at, id := range p.direct {
		if id != 0 {
			p.hashed.put(uint64(at/p.width)<<32|uint64(at%p.width), id-1)
		}
	}
	p.width, p.direct = 0, nil
	return false
}

// addFirst is addDirect where all ids are 0 or noCode.
func (p *pairTable) addFirst(ids, codes []uint32) {
	next, direct := p.next, p.direct
	ids = ids[:len(codes)]
	for i, code := range codes {
		if uint(code) >= uint(len(direct)) || ids[i] != 0 {
			ids[i] = noCode // code is noCode, all others being below the width
			continue
		}
		id := direct[code]
		if id == 0 {
			next++
			id = next
			direct[code] = id
		}
		ids[i] = id - 1
	}
	p.next = next
}

func (p *pairTable) addDirect(ids, codes []uint32) {
	next, direct, width := p.next, p.direct, p.width
	for i, code := range codes {
		if ids[i] == noCode || code == noCode {
			ids[i] = noCode
			continue
		}
		slot := &direct[int(ids[i])*width+int(code)]
		if *slot == 0 {
			next++
			*slot = next
		}
		ids[i] = *slot - 1
	}
	p.next = next
}

// find is add without adding: pairs not seen become noCode.
func (p *pairTable) find(ids, codes []uint32) {
	for i, code := range codes {
		switch {
		case ids[i] == noCode || code == noCode:
			ids[i] = noCode
		case p.width > 0:
			at := int(ids[i])*p.width + int(code)
			if ids[i] = noCode; at < len(p.direct) {
				ids[i] = p.direct[at] - 1 // an empty slot's wraps to noCode
			}
		default:
			ids[i] = p.hashed.find(uint64(ids[i])<<32 | uint64(code))
		}
	}
}

// keyColumns returns the named columns of t, whose types must be key types.
func keyColumns(what string, t *kernels.Table, names []string) ([]arrow.Array, error) {
	if t.NumRows() > maxRows {
		return nil, fmt.Errorf("%w: %s: %d rows, of %d at most", ErrOverflow, what, t.NumRows(), maxRows)
	}
	if _, err := keyFields(what, t.Schema(), names); err != nil {
		return nil, err
	}
	cols := make([]arrow.Array, len(names))
	for i, name := range names {
		at, _ := t.ColumnIndex(name)
		cols[i] = t.Column(at)
	}
	return cols, nil
}

// keyFields returns the named fields, whose types must be key types.
func keyFields(what string, schema *arrow.Schema, names []string) ([]arrow.Field, error) {
	fields := make([]arrow.Field, len(names))
	for i, name := range names {
		at, err := kernels.ColumnIndex(schema, name)
		if err != nil {
			return nil, fmt.Errorf("table: %s: %w", what, err)
		}
		fields[i] = schema.Field(at)
		if _, ok := keyClass(fields[i].Type); !ok {
			return nil, typeError(what+" by values", name, fields[i].Type)
		}
	}
	return fields, nil
}
