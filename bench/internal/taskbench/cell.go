package taskbench

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/ashlar-go/ashlar/graph"
)

// cell is the op of all tasks.
const cell = "bench.cell"

func init() { graph.Register(cell, runCell) }

// Attributes of a cell: iterations, then column, 32 bits each.
const attrLen = 8

func putAttr(attr []byte, iterations, column uint32) {
	binary.LittleEndian.PutUint32(attr, iterations)
	binary.LittleEndian.PutUint32(attr[4:], column)
}

func runCell(_ context.Context, c *graph.Call) (graph.Value, error) {
	if len(c.Attr) != attrLen {
		return nil, fmt.Errorf("bench: a cell with attributes of %d bytes, want %d", len(c.Attr), attrLen)
	}
	iterations := binary.LittleEndian.Uint32(c.Attr)
	h := begin(binary.LittleEndian.Uint32(c.Attr[4:]))
	for _, v := range c.In {
		raw, ok := v.(graph.Raw)
		if !ok || len(raw) != 8 {
			return nil, fmt.Errorf("bench: a cell got a %T of %d bytes, want 8 raw ones", v, v.Bytes())
		}
		h = join(h, binary.LittleEndian.Uint64(raw))
	}
	if compute(iterations) < 0 {
		h++ // never, but the compiler cannot know
	}
	return graph.Raw(binary.LittleEndian.AppendUint64(nil, h)), nil
}

// begin and join make the result of a task from its column and the results
// that it depends on, in order. They are so simple that any language has them.
func begin(column uint32) uint64 { return uint64(column) + 1 }

func join(h, result uint64) uint64 { return (h ^ result) * 0x100000001b3 }

// compute runs so many iterations of eight independent multiply-adds, as many
// as the latency of one leaves room for.
func compute(iterations uint32) float64 {
	a, b, c, d := 1.0, 1.1, 1.2, 1.3
	e, f, g, h := 1.4, 1.5, 1.6, 1.7
	const x, y = 0.999, 0.001
	for range iterations {
		a, b, c, d = math.FMA(a, x, y), math.FMA(b, x, y), math.FMA(c, x, y), math.FMA(d, x, y)
		e, f, g, h = math.FMA(e, x, y), math.FMA(f, x, y), math.FMA(g, x, y), math.FMA(h, x, y)
	}
	return a + b + c + d + e + f + g + h
}

// Calibrate has so many cores compute at once for about a time, and returns
// the seconds that an iteration takes each of them on average. On a machine of
// our own that is the peak; beside others it is the peak of what they leave.
func Calibrate(cores int, about time.Duration) float64 {
	const burst = 10_000
	each := make([]float64, cores)
	var wg sync.WaitGroup
	for i := range each {
		wg.Go(func() {
			start := time.Now()
			for n := 1; ; n++ {
				if compute(burst) < 0 {
					panic("bench: a sum of positive numbers is negative")
				}
				if took := time.Since(start); took >= about {
					each[i] = took.Seconds() / float64(n*burst)
					return
				}
			}
		})
	}
	wg.Wait()
	sum := 0.0
	for _, s := range each {
		sum += s
	}
	return sum / float64(cores)
}
