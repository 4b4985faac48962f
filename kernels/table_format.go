package kernels

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// What String shows of a large table.
const (
	shownRows  = 20 // the first and last halves of them
	shownRunes = 32 // of one cell
)

// String shows the table as aligned text: names, types, a rule, then the rows,
// numbers to the right. Nulls show as "null"; of more than 20 rows the first
// and last 10 show, and a last line says how many there are.
func (t *Table) String() string {
	rows := t.shownRows()
	text := make([][]string, t.NumColumns())
	for c := range text {
		field := t.Schema().Field(c)
		text[c] = []string{cutText(field.Name), typeName(field.Type), ""}
		for _, r := range rows {
			cell := "…"
			if r >= 0 {
				cell = cutText(formatCell(t.Column(c), r))
			}
			text[c] = append(text[c], cell)
		}
		alignColumn(text[c], isNumber(field.Type))
	}
	var b strings.Builder
	for line := range 3 + len(rows) {
		if len(text) == 0 {
			break
		}
		cells := make([]string, len(text))
		for c := range text {
			cells[c] = text[c][line]
		}
		b.WriteString(strings.TrimRight(strings.Join(cells, "  "), " "))
		b.WriteByte('\n')
	}
	if t.NumRows() > shownRows || t.NumRows() == 0 || len(text) == 0 {
		fmt.Fprintf(&b, "(%d rows)\n", t.NumRows())
	}
	return b.String()
}

// shownRows returns the rows to show, -1 standing for the cut.
func (t *Table) shownRows() []int {
	n, rows := t.NumRows(), []int{}
	head := n
	if n > shownRows {
		head = shownRows / 2
	}
	for r := range head {
		rows = append(rows, r)
	}
	if head < n {
		rows = append(rows, -1)
		for r := n - shownRows/2; r < n; r++ {
			rows = append(rows, r)
		}
	}
	return rows
}

// alignColumn pads the lines of one column to one width; line 2 is the rule.
func alignColumn(lines []string, right bool) {
	width := 0
	for _, s := range lines {
		width = max(width, utf8.RuneCountInString(s))
	}
	lines[2] = strings.Repeat("─", width)
	for i, s := range lines {
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(s))
		if right {
			lines[i] = pad + s
		} else {
			lines[i] = s + pad
		}
	}
}

// cutText makes s fit in one cell of one line.
func cutText(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) {
		s = strconv.Quote(s)
	}
	if utf8.RuneCountInString(s) <= shownRunes {
		return s
	}
	runes := []rune(s)
	return string(runes[:shownRunes-1]) + "…"
}

func isNumber(t arrow.DataType) bool {
	return arrow.IsInteger(t.ID()) || arrow.IsFloating(t.ID()) || arrow.IsDecimal(t.ID())
}

// typeName is the short name of a column's type.
func typeName(t arrow.DataType) string {
	switch t := t.(type) {
	case *arrow.StringType:
		return "string"
	case *arrow.DictionaryType:
		return "dict(" + typeName(t.ValueType) + ")"
	case *arrow.TimestampType:
		name := "timestamp[" + t.Unit.String()
		if t.TimeZone != "" {
			name += ", " + t.TimeZone
		}
		return name + "]"
	}
	return t.String()
}

// formatCell renders one value for people: floats to six significant digits,
// times as dates and clocks.
func formatCell(col arrow.Array, i int) string {
	if col.IsNull(i) {
		return "null"
	}
	switch col := col.(type) {
	case *array.Float64:
		return formatFloat(col.Value(i))
	case *array.Float32:
		return formatFloat(float64(col.Value(i)))
	case *array.Date32:
		return col.Value(i).ToTime().Format("2006-01-02")
	case *array.Timestamp:
		unit := col.DataType().(*arrow.TimestampType).Unit
		return col.Value(i).ToTime(unit).Format("2006-01-02 15:04:05.999999999")
	}
	return col.ValueStr(i)
}

func formatFloat(v float64) string {
	if a := math.Abs(v); a >= 1e6 && a < 1e15 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}
