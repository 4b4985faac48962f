package kernels

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What Preview shows of a large block.
const (
	previewLine = 6 // elements of the last axis, the first and last halves of them
	previewRows = 8 // lines, the first and last halves of them
)

// Preview shows the block for people, in ten lines at most: type and shape as
// String does, then the elements, a line for each position of all axes but the
// last, floats to six digits. Of more than 6 elements in a line the first and
// last 3 show, of more than 8 lines the first and last 4. From three axes on a
// line starts with its position:
//
//	int64[2 2 9]
//	[0 0 :]  0  1  2 …  6  7  8
//	[0 1 :]  9 10 11 … 15 16 17
//	[1 0 :] 18 19 20 … 24 25 26
//	[1 1 :] 27 28 29 … 33 34 35
func (b *Block) Preview() string {
	if b.size == 0 {
		return b.String() + "\n(no elements)\n"
	}
	var out strings.Builder
	fmt.Fprintln(&out, b)
	last := max(len(b.shape)-1, 0)
	width, rows := 1, b.size
	if len(b.shape) > 0 {
		width = b.shape[last]
		rows = b.size / width
	}
	columns := shownEnds(width, previewLine)
	var labels []string
	var lines [][]string
	for _, r := range shownEnds(rows, previewRows) {
		if r < 0 {
			labels, lines = append(labels, ""), append(lines, nil)
			continue
		}
		at := place(b.shape[:last], r)
		labels, lines = append(labels, rowLabel(at)), append(lines, b.formatRow(at, columns))
	}
	writeAligned(&out, labels, lines)
	return out.String()
}

// shownEnds returns the numbers below n, or of more than limit the first and
// last halves of it, -1 standing for the cut.
func shownEnds(n, limit int) []int {
	var out []int
	if n <= limit {
		for i := range n {
			out = append(out, i)
		}
		return out
	}
	for i := range limit / 2 {
		out = append(out, i)
	}
	out = append(out, -1)
	for i := n - limit/2; i < n; i++ {
		out = append(out, i)
	}
	return out
}

// place returns the position in shape whose row-major number is n.
func place(shape []int, n int) []int {
	at := make([]int, len(shape))
	for i := len(shape) - 1; i >= 0; i-- {
		at[i] = n % shape[i]
		n /= shape[i]
	}
	return at
}

// rowLabel names a line by its position, where its number alone does not.
func rowLabel(at []int) string {
	if len(at) < 2 {
		return ""
	}
	return strings.TrimSuffix(fmt.Sprint(at), "]") + " :] "
}

// formatRow renders elements of the last axis at the given position of the
// others.
func (b *Block) formatRow(at, columns []int) []string {
	if len(b.shape) == 0 {
		return []string{b.formatElement()}
	}
	var cells []string
	for _, c := range columns {
		if c < 0 {
			cells = append(cells, "…")
		} else {
			cells = append(cells, b.formatElement(append(at[:len(at):len(at)], c)...))
		}
	}
	return cells
}

func (b *Block) formatElement(at ...int) string {
	switch b.dtype {
	case Float64:
		return formatFloat(At[float64](b, at...))
	case Float32:
		return formatFloat(float64(At[float32](b, at...)))
	case Int64:
		return strconv.FormatInt(At[int64](b, at...), 10)
	case Int32:
		return strconv.Itoa(int(At[int32](b, at...)))
	case Uint8:
		return strconv.Itoa(int(At[uint8](b, at...)))
	case Bool:
		return strconv.FormatBool(At[bool](b, at...))
	}
	return strconv.FormatComplex(At[complex128](b, at...), 'g', 6, 128)
}

// writeAligned writes cells to the right of one width; a line of none is the
// cut.
func writeAligned(out *strings.Builder, labels []string, lines [][]string) {
	width, margin := 0, 0
	for i, cells := range lines {
		margin = max(margin, len(labels[i]))
		for _, c := range cells {
			width = max(width, utf8.RuneCountInString(c))
		}
	}
	for i, cells := range lines {
		if cells == nil {
			fmt.Fprintf(out, "%-*s…\n", margin, "")
			continue
		}
		fmt.Fprintf(out, "%-*s", margin, labels[i])
		for k, c := range cells {
			w := width
			if c == "…" {
				w = 1
			}
			if k > 0 {
				out.WriteByte(' ')
			}
			fmt.Fprintf(out, "%*s", w, c)
		}
		out.WriteByte('\n')
	}
}
