package marks

import "github.com/ashlar-go/ashlar/kernels/internal/asm"

const (
	// Block is the unit in which text is searched.
	Block = asm.MarkBlock
	// Behind is how many values may be overwritten behind the last mark.
	Behind = asm.MarksBehind
)

// A Finder searches one text piece by piece. Not for concurrent use.
type Finder struct{ m *asm.Marks }

// NewFinder returns a finder at the start of a text, outside quotes. Delimiter,
// quote and newline must differ.
func NewFinder(delim, quote byte) Finder { return Finder{asm.MarksFor(asm.Best(), delim, quote)} }

// Find writes the places of the marks of the next piece, counted from base, and
// returns how many there are. A piece is whole blocks (pad the last one with
// bytes that are no marks); out has room for a mark a byte and Behind values
// more.
func (f Finder) Find(text []byte, base uint32, out []uint32) int { return f.m.Find(text, base, out) }

// Start makes what comes next the start of a text, inside quotes or not.
func (f Finder) Start(inside bool) { f.m.Inside, f.m.Quoted, f.m.Newlines = inside, false, 0 }

// Inside reports whether what comes next is inside quotes.
func (f Finder) Inside() bool { return f.m.Inside }

// Quoted reports whether there were quotes since Start.
func (f Finder) Quoted() bool { return f.m.Quoted }

// Newlines returns how many newlines were marks since Start.
func (f Finder) Newlines() int { return f.m.Newlines }

var numbers = asm.FieldsFor(asm.Best())

// Ints reads the whole numbers of 1 to 8 digits of one field of many records:
// number i lies in text behind the place places[i*stride], up to
// places[i*stride+1]. It returns how many of the first it has read, in groups of
// eight, which is all or none: the next group has one that is no such number, or
// the machine has no instructions for it. Eight bytes before the end of each are
// in text.
func Ints(text []byte, places []uint32, stride int, out []int64) (done int) {
	return numbers.Ints(text, places, stride, out)
}

// Decimals reads fractions of up to 7 digits, a point and up to 7 digits in the
// way of Ints, to the nearest float64. Eight bytes from the start of each are in
// text, too.
func Decimals(text []byte, places []uint32, stride int, point byte, out []float64) (done int) {
	return numbers.Decimals(text, places, stride, point, out)
}
