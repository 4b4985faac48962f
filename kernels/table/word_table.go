package table

import "math/bits"

// noCode is the code of a value that has none.
const noCode = ^uint32(0)

// wordTable numbers distinct words: open addressing, linear probing, at most
// half full.
type wordTable struct {
	slots []wordSlot // a power of two
	shift uint       // 64 - log2(len(slots))
	used  int
}

// wordSlot holds one word; next is its code plus one, 0 in an empty slot.
type wordSlot struct {
	word uint64
	next uint32
}

// reserve makes room for n more words.
func (t *wordTable) reserve(n int) {
	want := 2 * (t.used + n)
	if want <= len(t.slots) {
		return
	}
	old := t.slots
	size := 1 << bits.Len(uint(max(want, 64)-1))
	t.slots, t.shift = make([]wordSlot, size), uint(64-bits.TrailingZeros(uint(size)))
	for _, s := range old {
		if s.next != 0 {
			at := hashWord(s.word) >> t.shift
			for t.slots[at].next != 0 {
				at = (at + 1) & uint64(size-1)
			}
			t.slots[at] = s
		}
	}
}

// put returns the code of word, which is `code` if the word is new; there must
// be room for it.
func (t *wordTable) put(word uint64, code uint32) uint32 {
	slots := t.slots
	mask := uint64(len(slots) - 1)
	for at := hashWord(word) >> t.shift & mask; ; at = (at + 1) & mask {
		s := &slots[at]
		if s.next == 0 {
			s.word, s.next = word, code+1
			t.used++
			return code
		}
		if s.word == word {
			return s.next - 1
		}
	}
}

// find returns the code of word, or noCode.
func (t *wordTable) find(word uint64) uint32 {
	slots := t.slots
	if len(slots) == 0 {
		return noCode
	}
	mask := uint64(len(slots) - 1)
	for at := hashWord(word) >> t.shift & mask; ; at = (at + 1) & mask {
		s := &slots[at]
		if s.next == 0 {
			return noCode
		}
		if s.word == word {
			return s.next - 1
		}
	}
}
