package devicetest

import (
	"errors"
	"slices"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/graph"
)

func testMemory(b *bench) {
	before, err := b.d.Memory()
	must(b.t, err)
	if before.Used != 0 || before.Limit <= 0 || before.Total < before.Limit || before.Free > before.Total {
		b.t.Fatalf("fresh device: %+v", before)
	}
	p, q := b.alloc(1000), b.alloc(1)
	if p == q || p%256 != 0 || q%256 != 0 || p == 0 {
		b.t.Fatalf("allocations at %v and %v", p, q)
	}
	if z := b.alloc(0); z != 0 {
		b.t.Fatalf("no bytes are at %v", z)
	}
	if m, _ := b.d.Memory(); m.Used != 1001 || m.Peak != 1001 {
		b.t.Fatalf("1001 bytes allocated: %+v", m)
	}
	if _, err := b.d.Alloc(before.Limit); !errors.Is(err, graph.ErrMemory) {
		b.t.Fatalf("allocation beyond the limit: %v", err)
	}
	b.free(p, q)
	must(b.t, b.s.Synchronize())
	all := b.alloc(int(min(before.Limit, 32<<20)))
	b.free(all)
	must(b.t, b.s.Synchronize())
	if m, _ := b.d.Memory(); m.Used != 0 || m.Peak < 1001 {
		b.t.Fatalf("all freed: %+v", m)
	}
	func() {
		defer func() {
			if recover() == nil {
				b.t.Fatal("a double free went through")
			}
		}()
		b.d.Free(p, b.s)
	}()
}

func testCopies(b *bench) {
	before := b.d.Traffic()
	x := make([]int32, 10007)
	for i := range x {
		x[i] = int32(i * i)
	}
	p, q := put(b, x), b.alloc(4*len(x))
	must(b.t, b.s.CopyWithin(q, p, int64(4*len(x))))
	b.launch(device.Fill(p, 1, 4, 7)) // q keeps the old element
	if got := get[int32](b, q, len(x)); !slices.Equal(got, x) {
		b.t.Fatal("what came back is not what went in")
	}
	if got := get[int32](b, q+4*100, 10); !slices.Equal(got, x[100:110]) {
		b.t.Fatalf("elements 100 to 109 are %v", got)
	}
	t := b.d.Traffic()
	in, out := t.BytesIn-before.BytesIn, t.BytesOut-before.BytesOut
	if in != 4*10007 || out != 4*10007+40 || t.Launches-before.Launches != 1 {
		b.t.Fatalf("traffic %+v, before %+v", t, before)
	}
	b.free(p, q)
}

// testPinned copies through pinned memory, which is counted apart from what the
// driver has to stage.
func testPinned(b *bench) {
	h, err := b.d.AllocHost(4096)
	must(b.t, err)
	if len(h) != 4096 {
		b.t.Fatalf("4096 bytes of pinned memory are %d", len(h))
	}
	for i := range h[:2048] {
		h[i] = byte(i * 7)
	}
	p := b.alloc(2048)
	before := b.d.Traffic()
	must(b.t, b.s.CopyIn(p, h[:2048]))
	must(b.t, b.s.CopyOut(h[2048:], p))
	must(b.t, b.s.Synchronize())
	if !slices.Equal(h[2048:], h[:2048]) {
		b.t.Fatal("what came back through pinned memory is not what went in")
	}
	if t := b.d.Traffic(); t.Staged != before.Staged || t.CopiesIn != before.CopiesIn+1 || t.CopiesOut != before.CopiesOut+1 {
		b.t.Fatalf("traffic %+v, before %+v", t, before)
	}
	get[uint8](b, p, 10)
	if t := b.d.Traffic(); t.Staged != before.Staged+1 {
		b.t.Fatalf("a copy to other memory: traffic %+v, before %+v", t, before)
	}
	b.free(p)
	b.d.FreeHost(h)
	defer func() {
		if recover() == nil {
			b.t.Fatal("pinned memory was freed twice")
		}
	}()
	b.d.FreeHost(h)
}

// testOrder has a second stream read what the first has queued.
func testOrder(b *bench) {
	second, err := b.d.NewStream()
	must(b.t, err)
	p := b.alloc(8 * 1000)
	got := make([]uint64, 1000)
	for round := uint64(1); round <= 20; round++ {
		b.launch(device.Fill(p, 1000, 8, round))
		e, err := b.s.Record()
		must(b.t, err)
		must(b.t, second.Await(e))
		must(b.t, second.CopyOut(raw(got), p))
		back, err := second.Record()
		must(b.t, err)
		must(b.t, b.s.Await(back))
		b.launch(device.Fill(p, 1000, 8, 0)) // after the copy
		must(b.t, b.s.Synchronize())
		must(b.t, second.Synchronize())
		if got[0] != round || got[999] != round {
			b.t.Fatalf("round %d read %d and %d", round, got[0], got[999])
		}
		e.Close()
		back.Close()
	}
	must(b.t, second.Close())
	b.free(p)
}

func testEvents(b *bench) {
	got := make([]uint64, 1)
	p := put(b, []uint64{42})
	must(b.t, b.s.CopyOut(raw(got), p))
	e, err := b.s.Record()
	must(b.t, err)
	must(b.t, e.Wait())
	if got[0] != 42 {
		b.t.Fatalf("read %d after the event", got[0])
	}
	e.Close()
	b.free(p)
}

func testFill(b *bench) {
	const n = 1<<20 + 1003 // more than a grid has threads
	p := b.alloc(n + 1)
	b.launch(device.Fill(p, n, 1, 0x1ab))
	if got := get[uint8](b, p, n); slices.ContainsFunc(got, func(x uint8) bool { return x != 0xab }) {
		b.t.Fatal("bytes are not all 0xab")
	}
	b.launch(device.Fill(p, 25000, 4, 0xffff_ffff_0000_0001))
	if got := get[uint32](b, p, 25001); slices.ContainsFunc(got[:25000], func(x uint32) bool { return x != 1 }) || got[25000]&0xffffff != 0xababab {
		b.t.Fatal("words are not all 1, or the fill ran over")
	}
	b.free(p)
}

func testRamp(b *bench) {
	const n = 10007
	p := b.alloc(8 * n)
	defer b.free(p)
	b.launch(device.Ramp(device.Float64, p, n, 0.1, 0.3, 1<<40))
	b.launch(device.Ramp(device.Float32, p, 3, 1, -2, 5)) // over the first two
	got := get[float64](b, p, n)
	for i := 2; i < n; i++ {
		if want := 0.1 + float64(0.3*float64(1<<40+i)); got[i] != want {
			b.t.Fatalf("element %d of a ramp is %v, not %v", i, got[i], want)
		}
	}
	if x := get[float32](b, p, 3); !slices.Equal(x, []float32{-9, -11, -13}) {
		b.t.Fatalf("a ramp of float32 is %v", x)
	}
}
