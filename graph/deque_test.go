package graph

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

// TestDequeIsAStackAndAQueue: alone, a deque is a stack at one end and a queue
// at the other, however often its ring grew.
func TestDequeIsAStackAndAQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d deque
		d.init()
		var model []uint32
		for i := range uint32(rapid.IntRange(0, 2000).Draw(t, "ops")) {
			switch op := rapid.IntRange(0, 9).Draw(t, "op"); {
			case op < 6:
				d.push(i)
				model = append(model, i)
			case op < 8:
				got, ok := d.pop()
				if ok != (len(model) > 0) || ok && got != model[len(model)-1] {
					t.Fatalf("popped %d, %t of %v", got, ok, model)
				}
				model = model[:max(0, len(model)-1)]
			default:
				got, ok, lost := d.steal()
				if lost || ok != (len(model) > 0) || ok && got != model[0] {
					t.Fatalf("stole %d, %t, lost %t of %v", got, ok, lost, model)
				}
				model = model[min(1, len(model)):]
			}
			if d.size() != int64(len(model)) {
				t.Fatalf("size %d, want %d", d.size(), len(model))
			}
		}
	})
}

// TestDequeUnderThieves: what one pushes, he and the thieves get exactly once.
func TestDequeUnderThieves(t *testing.T) {
	const tasks = 200_000
	var d deque
	d.init()
	var got [tasks]atomic.Int32
	var over atomic.Bool
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for !over.Load() || d.size() > 0 {
				if i, ok, _ := d.steal(); ok {
					got[i].Add(1)
				} else {
					runtime.Gosched()
				}
			}
		})
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for next := 0; next < tasks; {
		for range min(tasks-next, 1+rng.IntN(40)) {
			d.push(uint32(next))
			next++
		}
		for range rng.IntN(60) {
			if i, ok := d.pop(); ok {
				got[i].Add(1)
			}
		}
	}
	over.Store(true)
	wg.Wait()
	for i := range got {
		if n := got[i].Load(); n != 1 {
			t.Fatalf("task %d was taken %d times", i, n)
		}
	}
}
