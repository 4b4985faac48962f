package blas

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// each runs f with every micro-kernel of this machine and with one and three
// threads. Nothing is too small, and blocks are so short that all loops turn
// several times in small products.
func each(t *testing.T, f func(t *testing.T, x Implementation)) {
	for _, level := range asm.Levels() {
		forced := newEngines(level)
		forced.double.tiny, forced.single.tiny = 0, 0
		short := newEngines(level)
		shorten(short.double)
		shorten(short.single)
		t.Run(level.String(), func(t *testing.T) { f(t, Implementation{forced: forced}) })
		t.Run(level.String()+"/short", func(t *testing.T) { f(t, Implementation{forced: short}) })
		t.Run(level.String()+"/threads", func(t *testing.T) { f(t, Implementation{Threads: 3, forced: short}) })
	}
}

func shorten[T asm.Float](e *engine[T]) {
	e.tiny, e.grain, e.side = 0, 1, 3*e.kernel.Rows-1
	e.blocks = blocking{m: 2 * e.kernel.Rows, n: 2 * e.kernel.Width(), k: 16}
}
