package asm

import (
	"encoding/binary"
	"math/bits"
)

// MarkBlock is the unit in which text is searched for marks, and MarksBehind
// the values that may be overwritten behind the last mark.
const (
	MarkBlock   = 64
	MarksBehind = 16
)

// Marks finds marks: bytes of text that are a delimiter or a newline and not
// inside quotes. A quote turns over whether what follows it is inside.
type Marks struct {
	Delim, Quote byte
	Inside       bool // whether the text starts, and then whether it ends, inside quotes
	Quoted       bool // whether a quote was seen
	Newlines     int  // how many were marks

	run func(m *Marks, text []byte, base uint32, out []uint32) int
}

// MarksFor returns a search with the instructions of a level that the machine
// has.
func MarksFor(l Level, delim, quote byte) *Marks {
	m := &Marks{Delim: delim, Quote: quote, run: (*Marks).portable}
	if f := marksAssembly(l); f != nil {
		m.run = func(m *Marks, text []byte, base uint32, out []uint32) int { return m.assembly(f, text, base, out) }
	}
	return m
}

// Find writes the places of marks, counted from base, and returns how many
// there are. The text is whole blocks; out has room for a mark a byte and
// MarksBehind values more.
func (m *Marks) Find(text []byte, base uint32, out []uint32) int {
	if len(text)%MarkBlock != 0 || len(out) < len(text)+MarksBehind {
		panic("asm: marks of less than a block, or no room for them")
	}
	found := 0
	for len(text) > 0 {
		n := min(len(text), stretch*MarkBlock)
		found += m.run(m, text[:n], base, out[found:])
		text, base = text[n:], base+uint32(n)
	}
	return found
}

type marksRoutine func(blocks int, data *byte, delim, quote, base uint64, out *uint32, state *[3]uint64) (end *uint32)

func (m *Marks) assembly(f marksRoutine, text []byte, base uint32, out []uint32) int {
	var state [3]uint64
	if m.Inside {
		state[0] = ^uint64(0)
	}
	end := f(len(text)/MarkBlock, &text[0], uint64(m.Delim), uint64(m.Quote), uint64(base), &out[0], &state)
	m.Inside = state[0] != 0
	m.Quoted = m.Quoted || state[1] != 0
	m.Newlines += int(state[2])
	return distance(&out[0], end)
}

// portable says what the assembly does, eight bytes at a time.
func (m *Marks) portable(text []byte, base uint32, out []uint32) int {
	n := 0
	delims, newlines, quotes := spread(m.Delim), spread('\n'), spread(m.Quote)
	for at := 0; at < len(text); at += 8 {
		word := binary.LittleEndian.Uint64(text[at:])
		lines := equalBytes(word, newlines)
		hits := equalBytes(word, delims) | lines
		if q := equalBytes(word, quotes); q != 0 || m.Inside {
			inside := m.turn(q)
			hits &^= inside
			lines &^= inside
		}
		m.Newlines += bits.OnesCount64(lines)
		for ; hits != 0; hits &= hits - 1 {
			out[n] = base + uint32(at+bits.TrailingZeros64(hits)/8)
			n++
		}
	}
	return n
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

func spread(b byte) uint64 { return lowBits * uint64(b) }

// equalBytes has the highest bit of each byte in which the words agree.
func equalBytes(x, y uint64) uint64 {
	x ^= y
	return ^((x&^highBits + ^uint64(highBits)) | x) & highBits
}

// turn returns the highest bits of the bytes that are inside quotes, given
// those of the quotes.
func (m *Marks) turn(quotes uint64) uint64 {
	m.Quoted = m.Quoted || quotes != 0
	inside := quotes
	for shift := 8; shift < 64; shift *= 2 {
		inside ^= inside << shift
	}
	if m.Inside {
		inside ^= highBits
	}
	m.Inside = inside>>63 != 0
	return inside
}
