package demo

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/kernels"
	"gonum.org/v1/gonum/mat"
)

// A report is what the demo prints: sections, tables, and checks, one a line.
type report struct {
	w      io.Writer
	checks int
	failed []string
}

func (r *report) section(format string, args ...any) {
	title := fmt.Sprintf(format, args...)
	fmt.Fprintf(r.w, "\n%s\n%s\n", title, strings.Repeat("─", len([]rune(title))))
}

func (r *report) line(format string, args ...any) { fmt.Fprintf(r.w, format+"\n", args...) }

func (r *report) table(title string, t *kernels.Table) {
	fmt.Fprintf(r.w, "\n%s\n", title)
	for l := range strings.Lines(t.String()) {
		fmt.Fprint(r.w, "  "+l)
	}
	fmt.Fprintln(r.w)
}

// A timing is how long both sides took; a zero time is not shown.
type timing struct{ ashlar, gonum time.Duration }

// check prints one comparison. It passes if err is at most tol; NaN fails.
func (r *report) check(what string, err, tol float64, t timing) {
	r.checks++
	mark := "ok  "
	if !(err <= tol) {
		mark = "FAIL"
		r.failed = append(r.failed, fmt.Sprintf("%s: error %.2g, at most %.2g is right", what, err, tol))
	}
	line := fmt.Sprintf("  %s  %-46s max relative error %7.1e", mark, what, err)
	if t.ashlar > 0 {
		line += fmt.Sprintf("   ashlar %6.2f s", t.ashlar.Seconds())
	}
	if t.gonum > 0 {
		line += fmt.Sprintf("   gonum %6.2f s", t.gonum.Seconds())
	}
	fmt.Fprintln(r.w, line)
}

// holds prints a check that is true or false.
func (r *report) holds(what string, ok bool, detail string) {
	r.checks++
	mark := "ok  "
	if !ok {
		mark = "FAIL"
		r.failed = append(r.failed, what+": "+detail)
	}
	fmt.Fprintf(r.w, "  %s  %-46s %s\n", mark, what, detail)
}

// relative is the greatest difference of two matrices, over the greatest
// element of the second.
func relative(got, want mat.Matrix) float64 {
	gr, gc := got.Dims()
	wr, wc := want.Dims()
	if gr != wr || gc != wc {
		return math.Inf(1)
	}
	diff, scale := 0.0, 0.0
	for i := range wr {
		for j := range wc {
			d := math.Abs(got.At(i, j) - want.At(i, j))
			if math.IsNaN(d) {
				return math.NaN()
			}
			diff, scale = max(diff, d), max(scale, math.Abs(want.At(i, j)))
		}
	}
	if scale == 0 {
		return diff
	}
	return diff / scale
}

func relativeSlices(got, want []float64) float64 {
	if len(got) != len(want) || len(want) == 0 {
		return math.Inf(1)
	}
	return relative(mat.NewVecDense(len(got), got), mat.NewVecDense(len(want), want))
}

// bytes shows a size.
func bytes(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.2f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}
