package peak

import (
	"math"
	"runtime"
)

// scalar does rounds × 12 multiply-adds of one float64 each.
func scalar(rounds int) {
	var a, b, c, d, e, f, g, h, i, j, k, l float64
	const x, y = 0.5, 0.25
	for range rounds {
		a, b, c, d = math.FMA(a, x, y), math.FMA(b, x, y), math.FMA(c, x, y), math.FMA(d, x, y)
		e, f, g, h = math.FMA(e, x, y), math.FMA(f, x, y), math.FMA(g, x, y), math.FMA(h, x, y)
		i, j, k, l = math.FMA(i, x, y), math.FMA(j, x, y), math.FMA(k, x, y), math.FMA(l, x, y)
	}
	runtime.KeepAlive(a + b + c + d + e + f + g + h + i + j + k + l) // so that the loop stays
}
