package table

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// shortText is the most bytes that pack into a word together with their length.
const shortText = 7

// wholeText is the most bytes that a textSlot tells apart by itself.
const wholeText = 16

// textTable numbers distinct strings in order of first appearance. Short ones
// are packed into words and live in a wordTable, long ones in a table of their
// own whose slots hold the ends of the string: most look-ups touch nothing else.
type textTable struct {
	short wordTable
	slots []textSlot // a power of two, at most half full
	long  int        // how many slots are used
	body  []byte     // all strings, in order of their codes
	ends  []int      // ends[c], ends[c+1] bound string c
}

// textSlot holds one long string by its first and last eight bytes, which may
// overlap, and its length; next is its code plus one, 0 in an empty slot.
type textSlot struct {
	head, tail uint64
	size, next uint32
}

// slotOf returns the slot of a string of eight bytes or more, without a code,
// and its hash.
func slotOf(s []byte) (slot textSlot, hash uint64) {
	slot.head = binary.LittleEndian.Uint64(s)
	slot.tail = binary.LittleEndian.Uint64(s[len(s)-8:])
	slot.size = uint32(min(len(s), math.MaxUint32))
	if len(s) <= wholeText {
		return slot, fold(slot.head^hashA, slot.tail^hashB^uint64(len(s)))
	}
	return slot, hashBytes(s)
}

func newTextTable() *textTable { return &textTable{ends: make([]int, 1)} }

func (t *textTable) size() int { return len(t.ends) - 1 }

// at returns string number c.
func (t *textTable) at(c uint32) []byte { return t.body[t.ends[c]:t.ends[c+1]] }

// packText packs a short string; no two pack to the same word.
func packText(s []byte) uint64 {
	w := uint64(len(s)) << 56
	if cap(s) >= 8 {
		return w | binary.LittleEndian.Uint64(s[:8])&(1<<(8*len(s))-1)
	}
	for i, c := range s {
		w |= uint64(c) << (8 * i)
	}
	return w
}

// put returns the number of s, a new one if s is new.
func (t *textTable) put(s []byte) uint32 {
	code := uint32(t.size())
	if len(s) <= shortText {
		t.short.reserve(1)
		if found := t.short.put(packText(s), code); found != code {
			return found
		}
		t.keep(s)
		return code
	}
	t.reserveLong()
	slot := t.locate(s)
	if slot.next != 0 {
		return slot.next - 1
	}
	*slot, _ = slotOf(s)
	slot.next = code + 1
	t.long++
	t.keep(s)
	return code
}

func (t *textTable) keep(s []byte) {
	t.body = append(t.body, s...)
	t.ends = append(t.ends, len(t.body))
}

// find returns the number of s, or noCode.
func (t *textTable) find(s []byte) uint32 {
	if len(s) <= shortText {
		return t.short.find(packText(s))
	}
	if len(t.slots) == 0 {
		return noCode
	}
	return t.locate(s).next - 1 // an empty slot's wraps to noCode
}

// locate returns the slot that holds s, or the empty one where it belongs.
func (t *textTable) locate(s []byte) *textSlot {
	want, h := slotOf(s)
	mask := uint64(len(t.slots) - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		slot := &t.slots[at]
		if slot.next == 0 || slot.head == want.head && slot.tail == want.tail && slot.size == want.size &&
			(len(s) <= wholeText || bytes.Equal(t.at(slot.next-1), s)) {
			return slot
		}
	}
}

// reserveLong makes room for one more long string.
func (t *textTable) reserveLong() {
	if 2*(t.long+1) <= len(t.slots) {
		return
	}
	old := t.slots
	t.slots = make([]textSlot, 1<<bits.Len(uint(max(4*t.long, 64)-1)))
	mask := uint64(len(t.slots) - 1)
	for _, s := range old {
		if s.next != 0 {
			_, h := slotOf(t.at(s.next - 1))
			at := h & mask
			for t.slots[at].next != 0 {
				at = (at + 1) & mask
			}
			t.slots[at] = s
		}
	}
}

// addAll numbers the strings of a plain column; a null gets noCode.
func (t *textTable) addAll(col arrow.Array) []uint32 {
	codes := make([]uint32, col.Len())
	words, valid := textsOf(col), validityOf(col)
	for i := range codes {
		codes[i] = noCode
		if valid.at(i) {
			codes[i] = t.put(words.at(i))
		}
	}
	return codes
}

// findAll returns the numbers of the strings of a plain column.
func (t *textTable) findAll(col arrow.Array) []uint32 {
	codes := make([]uint32, col.Len())
	words, valid := textsOf(col), validityOf(col)
	for i := range codes {
		codes[i] = noCode
		if valid.at(i) {
			codes[i] = t.find(words.at(i))
		}
	}
	return codes
}

// array returns the strings as a column of the plain string type given.
func (t *textTable) array(mem memory.Allocator, dt arrow.DataType) (arrow.Array, error) {
	body := sized(mem, len(t.body))
	copy(body.Bytes(), t.body)
	if dt.ID() == arrow.LARGE_STRING {
		ends := sized(mem, 8*len(t.ends))
		for i, e := range t.ends {
			viewed[int64](ends)[i] = int64(e)
		}
		return newArray(dt, t.size(), 0, nil, ends, body), nil
	}
	if len(t.body) > math.MaxInt32 {
		body.Release()
		return nil, fmt.Errorf("%w: a dictionary of %d bytes of strings, of %d at most", ErrOverflow, len(t.body), math.MaxInt32)
	}
	ends := sized(mem, 4*len(t.ends))
	for i, e := range t.ends {
		viewed[int32](ends)[i] = int32(e)
	}
	return newArray(dt, t.size(), 0, nil, ends, body), nil
}
