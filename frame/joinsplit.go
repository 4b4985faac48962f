package frame

import (
	"context"
	"encoding/binary"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// exchangedJoin joins two sides that are both exchanged by their keys: rows with
// equal keys meet in one part.
type exchangedJoin struct {
	base
	spec table.JoinSpec
}

// joinParts are the primes that an exchange may have as its parts: many keys are
// multiples of other numbers, see [table.PartitionKeys].
var joinParts = []int{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61}

// joinPartRows is about how many rows of the right side a part of a join gets at
// least: few enough that what is looked up at random stays in a cache.
var joinPartRows = 1 << 17

func newExchangedJoin(left, right node, s *arrow.Schema, spec table.JoinSpec) node {
	parts := joinPartsFor(left, right)
	return &exchangedJoin{newBase("join", s, parts, spec.Append(nil), left, right), spec}
}

// joinPartsFor is into how many parts two sides are exchanged.
func joinPartsFor(left, right node) int {
	want, parts := max(left.info().partitions, right.info().partitions), 0
	if rows, known := mostRows(right); known {
		want = max(want, rows/joinPartRows)
	}
	for _, p := range joinParts {
		if parts = p; parts >= want {
			break
		}
	}
	return parts
}

func (n *exchangedJoin) describe() string {
	return describeJoin(n.spec, "exchange by keys")
}

func (n *exchangedJoin) narrow(need columns) node {
	return narrowJoin(n.operands[0], n.operands[1], n.spec, need)
}

func (n *exchangedJoin) lower(l *lowering, i int) graph.Dep {
	left := l.keyed(&n.base, "left", n.operands[0], n.spec.LeftKeys)
	right := l.keyed(&n.base, "right", n.operands[1], n.spec.RightKeys)
	deps := left.part(i)
	attr := appendBytes(binary.AppendUvarint(nil, uint64(len(deps))), n.spec.Append(nil))
	return l.b.Add(graph.Class{Op: opJoinPart, Spec: l.spec, Cost: joinCost(n.operands[0], n.operands[1], n.partitions, n.schema)}, attr, append(deps, right.part(i)...)...).Whole()
}

// keyed lowers the exchange of one side of n, once.
func (l *lowering) keyed(n *base, side string, in node, keys []string) exchange {
	at := n.key.With("/" + side)
	x, ok := l.moved[at]
	if !ok {
		x = l.exchange(in, &keySplit{keys, n.partitions}, n.partitions)
		l.moved[at] = x
	}
	return x
}

// keySplit is a step that sends rows with equal keys to one part, on both sides
// of a join; see [table.PartitionKeys].
type keySplit struct {
	keys  []string
	parts int
}

func (s *keySplit) name() string     { return "split" }
func (s *keySplit) describe() string { return "split by keys " + quoted(s.keys) }
func (s *keySplit) append(b []byte) []byte {
	return appendStrings(binary.AppendUvarint(append(b, stepKeySplit), uint64(s.parts)), s.keys)
}

func (r *reader) keySplit() step { return &keySplit{parts: r.int(), keys: r.strings()} }

func (s *keySplit) operator(env *pipelineEnv) (operator, error) {
	return &splitOperator{mem: env.mem, split: func(t *kernels.Table) ([]*kernels.Table, error) {
		return table.PartitionKeys(env.mem, t, s.keys, s.parts)
	}}, nil
}

const opJoinPart = "frame.joinpart"

func init() { graph.Register(opJoinPart, withSides(table.ParseJoinSpec, table.JoinAll)) }

// withSides is a kernel that joins one part: what each partition of the left gave,
// then what each of the right did. Its attributes are how many the first are, and
// a spec.
func withSides[S any](parse func([]byte) (S, []byte, error),
	join func(mem memory.Allocator, lefts, rights []*kernels.Table, spec S) (*kernels.Table, error)) graph.Kernel {
	return func(ctx context.Context, c *graph.Call) (graph.Value, error) {
		r := &reader{b: c.Attr}
		n := r.int()
		spec, err := whole(parse(r.bytes()))
		if err != nil {
			return nil, err
		}
		in, err := asTables(c.In)
		if err != nil {
			return nil, err
		}
		if r.bad || n < 1 || n >= len(in) {
			return nil, errMalformed
		}
		return value(join(kernels.AllocatorFrom(ctx), in[:n], in[n:], spec))
	}
}

// broadcastRows is how many rows the right side of a join has at most to go to
// all partitions of the left. It is a variable for tests.
var broadcastRows = 1 << 18

// mostRows is a bound of the rows of n, where one is known that is not far off.
func mostRows(n node) (rows int, known bool) {
	switch n := n.(type) {
	case *tableNode:
		for _, t := range n.tables {
			rows += t.NumRows()
		}
		return rows, true
	case *heldNode:
		return n.rows, n.rows >= 0
	case *arraysNode:
		return n.arrays[0].Size(), true
	case *parquetScan:
		for _, p := range n.pieces {
			rows += int(p.rows)
		}
		return rows, true
	case *rowwise:
		switch n.step.(type) {
		case *projectStep, *asofStep:
			return mostRows(n.operands[0])
		}
	case *ordered:
		rows, known = mostRows(n.operands[0])
		if n.limit >= 0 {
			rows, known = n.limit, true
		}
		return rows, known
	case *head:
		return n.rows, true
	case *merged, *windowed, *unique:
		return mostRows(n.info().operands[0])
	case *stacked:
		for _, o := range n.operands {
			r, ok := mostRows(o)
			if !ok {
				return 0, false
			}
			rows += r
		}
		return rows, true
	}
	return 0, false
}
