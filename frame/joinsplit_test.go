package frame

import (
	"math/rand/v2"
	"testing"

	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// Every kind of join gives the same rows whether the right side is broadcast or
// both are exchanged.
func TestJoinPlans(t *testing.T) {
	defer func(rows int) { broadcastRows = rows }(broadcastRows)
	mem := kerneltest.Alloc(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, rows := range []int{0, 1, 60, 300} {
		left := partitioned(t, mem, randomRel(rnd, rows), 4)
		right := partitioned(t, mem, randomRel(rnd, 70), 3)
		for _, kind := range []JoinKind{Inner, Left, Right, Full, Semi, Anti} {
			for _, keys := range [][]string{{"i"}, {"s"}, {"k", "i"}, {"f", "s"}} {
				var on []Keys
				for _, k := range keys {
					on = append(on, Using(k))
				}
				broadcastRows = 1 << 18
				want, _ := computeParts(t, mem, left.Join(right, kind, on...))
				broadcastRows = 10
				joined := left.Join(right, kind, on...)
				if _, ok := joined.node.(*exchangedJoin); !ok || joined.Partitions() != 5 {
					t.Fatalf("the join is\n%s", joined.Explain())
				}
				got, filled := computeParts(t, mem, joined)
				if sortedText(got) != sortedText(want) {
					t.Errorf("%v join of %d rows on %v: got\n%s\nwant\n%s", kind, rows, keys, sortedText(got), sortedText(want))
				}
				if rows == 300 && kind == Inner && filled < 2 {
					t.Errorf("%v join on %v: all rows are in one part", kind, keys)
				}
			}
		}
	}
}

// A right side of many rows is exchanged into more parts than there are partitions.
func TestJoinPartsFollowTheRows(t *testing.T) {
	defer func(rows, part int) { broadcastRows, joinPartRows = rows, part }(broadcastRows, joinPartRows)
	mem := kerneltest.Alloc(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	left := partitioned(t, mem, randomRel(rnd, 90), 2)
	right := partitioned(t, mem, randomRel(rnd, 70), 3)
	want, _ := computeParts(t, mem, left.Join(right, Inner, Using("i")))
	broadcastRows = 10
	for part, parts := range map[int]int{100: 3, 10: 7, 6: 11, 1: 61} {
		joinPartRows = part
		joined := left.Join(right, Inner, Using("i"))
		if joined.Partitions() != parts {
			t.Errorf("%d partitions of parts of %d rows, want %d", joined.Partitions(), part, parts)
		}
		if got, _ := computeParts(t, mem, joined); sortedText(got) != sortedText(want) {
			t.Errorf("%d parts: got\n%s\nwant\n%s", parts, sortedText(got), sortedText(want))
		}
	}
}
