package kernels_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

func TestAllocatorTravelsInContext(t *testing.T) {
	ctx := context.Background()
	if kernels.AllocatorFrom(ctx) != kernels.DefaultAllocator() {
		t.Error("without an allocator in it a context does not give the default")
	}
	outer, inner := kerneltest.Alloc(t), kerneltest.Alloc(t)
	ctx = kernels.WithAllocator(kernels.WithAllocator(ctx, outer), inner)
	if kernels.AllocatorFrom(ctx) != kernels.Allocator(inner) {
		t.Error("the innermost allocator does not win")
	}
}

// TestPoolKeepsAllocatorsPromises writes to everything that a pool gives and
// checks that nobody else's memory changes.
func TestPoolKeepsAllocatorsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var pool kernels.Pool
		type piece struct {
			b    []byte
			mark byte
		}
		var live []piece
		check := func(p piece) {
			for i, x := range p.b {
				if x != p.mark {
					t.Fatalf("byte %d of %d changed", i, len(p.b))
				}
			}
		}
		sizes := rapid.OneOf(rapid.IntRange(0, 5000), rapid.SampledFrom([]int{1023, 1024, 1025, 1280, 1281, 1 << 16, 1<<16 + 1, 98304}))
		for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
			size := sizes.Draw(t, "size")
			kind := rapid.IntRange(0, 3).Draw(t, "kind")
			p := piece{mark: byte(i + 1)}
			switch {
			case kind == 0 && len(live) > 0:
				k := rapid.IntRange(0, len(live)-1).Draw(t, "freed")
				check(live[k])
				pool.Free(live[k].b)
				live = append(live[:k], live[k+1:]...)
				continue
			case kind == 1 && len(live) > 0:
				old := live[0]
				p.b = pool.Reallocate(size, old.b)
				check(piece{p.b[:min(size, len(old.b))], old.mark})
				check(piece{p.b[min(size, len(old.b)):], 0})
				live = live[1:]
			case kind == 2:
				p.b = pool.AllocateDirty(size)
			default:
				p.b = pool.Allocate(size)
				check(piece{p.b, 0})
			}
			if len(p.b) != size || size > 0 && uintptr(unsafe.Pointer(&p.b[0]))%kernels.Alignment != 0 {
				t.Fatalf("%d bytes at %p for %d", len(p.b), p.b, size)
			}
			for j := range p.b {
				p.b[j] = p.mark
			}
			live = append(live, p)
		}
		for _, p := range live {
			check(p)
		}
	})
}

func TestPoolReusesMemory(t *testing.T) {
	var pool kernels.Pool
	reused := 0
	for range 20 { // a garbage collection may take a piece now and then
		b := pool.AllocateDirty(100_000)
		first := &b[0]
		pool.Free(b)
		if c := pool.AllocateDirty(99_000); &c[0] == first {
			reused++
		}
	}
	if reused == 0 && !raceEnabled {
		t.Error("freed memory was never given again")
	}
}

func BenchmarkPool(b *testing.B) {
	mem := kernels.DefaultAllocator()
	rng := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		x, err := kernels.NewBlock(mem, kernels.Float64, 1000+rng.IntN(100), 1000)
		if err != nil {
			b.Fatal(err)
		}
		x.Release()
	}
}
