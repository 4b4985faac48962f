package asm

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/internal/guard"
)

// naiveMarks is Find byte by byte.
func naiveMarks(m *Marks, text []byte, base uint32) (found []uint32) {
	for i, c := range text {
		switch {
		case c == m.Quote:
			m.Inside, m.Quoted = !m.Inside, true
		case m.Inside:
		case c == '\n' || c == m.Delim:
			found = append(found, base+uint32(i))
			if c == '\n' {
				m.Newlines++
			}
		}
	}
	return found
}

func TestMarks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, alphabet := range []string{",\n\"", "a,\n", "abcdefghijkl,\n", "abcdefghijklmnopqrstuvwxyz,\n\"\x00\x80\xac\x8a\xa2", "a", ","} {
		for _, blocks := range []int{1, 2, 3, 65, stretch + 2} {
			text := guard.Values[byte](t, blocks*MarkBlock, true)
			for i := range text {
				text[i] = alphabet[r.IntN(len(alphabet))]
			}
			want := Marks{Delim: ',', Quote: '"', Inside: blocks == 3}
			places := naiveMarks(&want, text, 7)
			for _, l := range Levels() {
				m := MarksFor(l, ',', '"')
				m.Inside = blocks == 3
				out := guard.Values[uint32](t, len(text)+MarksBehind, true)
				n := m.Find(text, 7, out)
				if !slices.Equal(out[:n], places) {
					t.Fatalf("%v, %d blocks of %q: %d marks, want %d", l, blocks, alphabet, n, len(places))
				}
				if m.Inside != want.Inside || m.Quoted != want.Quoted || m.Newlines != want.Newlines {
					t.Errorf("%v, %d blocks of %q: ends %+v, want %+v", l, blocks, alphabet, *m, want)
				}
			}
		}
	}
}

func BenchmarkMarks(b *testing.B) {
	text := bytes.Repeat([]byte("id046,id007,id0000012345,17,93,54321,4,12,45.678901\n"), 4096)
	text = text[:len(text)/MarkBlock*MarkBlock]
	out := make([]uint32, len(text)+MarksBehind)
	for _, l := range Levels() {
		b.Run(l.String(), func(b *testing.B) {
			m := MarksFor(l, ',', '"')
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				m.Find(text, 0, out)
			}
		})
	}
}
