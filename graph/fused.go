package graph

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
)

// Fused is the op of a chain of tasks that runs as one. Each step takes the
// value of the step before it in one place, and values of the task elsewhere.
const Fused = "graph.fused"

// A step is one task of a fused chain: its op, its attributes, and where each
// of its inputs comes from.
type step struct {
	op   string
	attr []byte
	in   []stepIn
}

// A stepIn is an input of a step: a dependency of the fused task (from ≥ 0),
// or the value of the step before (from == previous), whole or a part of it.
type stepIn struct {
	from int
	part int32
}

const previous = -1

func appendSteps(b []byte, steps []step) []byte {
	b = binary.AppendUvarint(b, uint64(len(steps)))
	for _, s := range steps {
		b = binary.AppendUvarint(b, uint64(len(s.op)))
		b = append(b, s.op...)
		b = binary.AppendUvarint(b, uint64(len(s.attr)))
		b = append(b, s.attr...)
		b = binary.AppendUvarint(b, uint64(len(s.in)))
		for _, in := range s.in {
			b = binary.AppendVarint(b, int64(in.from))
			b = binary.AppendVarint(b, int64(in.part))
		}
	}
	return b
}

// A reader takes a byte encoding apart and remembers the first thing wrong.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint() int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > 1<<31 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

func (r *reader) varint() int {
	v, n := binary.Varint(r.b)
	if n <= 0 || v > 1<<31 || v < -1<<31 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

func (r *reader) bytes() []byte {
	n := r.uvarint()
	if r.bad || n > len(r.b) {
		r.bad = true
		return nil
	}
	p := r.b[:n:n]
	r.b = r.b[n:]
	return p
}

func parseSteps(attr []byte, inputs int) ([]step, error) {
	r := &reader{b: attr}
	n := r.uvarint()
	var steps []step
	for i := 0; i < n && !r.bad; i++ {
		s := step{op: string(r.bytes()), attr: r.bytes()}
		k := r.uvarint()
		for j := 0; j < k && !r.bad; j++ {
			in := stepIn{r.varint(), int32(r.varint())}
			if in.from < previous || in.from >= inputs || in.from == previous && i == 0 {
				r.bad = true
			}
			s.in = append(s.in, in)
		}
		steps = append(steps, s)
	}
	if r.bad || len(r.b) > 0 || len(steps) == 0 {
		return nil, fmt.Errorf("graph: malformed attributes of a fused task (%d bytes, %d inputs)", len(attr), inputs)
	}
	return steps, nil
}

func runFused(ctx context.Context, c *Call, pick func(*Op) Kernel) (Value, error) {
	steps, err := parseSteps(c.Attr, len(c.In))
	if err != nil {
		return nil, err
	}
	var prev Value
	for _, s := range steps {
		v, err := runStep(ctx, c, s, prev, pick)
		if prev != nil {
			prev.Release()
		}
		if err != nil {
			return nil, AsTaskError(err, s.op)
		}
		prev = v
	}
	return prev, nil
}

func runStep(ctx context.Context, c *Call, s step, prev Value, pick func(*Op) Kernel) (Value, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	op, err := Lookup(s.op)
	if err != nil {
		return nil, err
	}
	in := make([]Value, len(s.in))
	for i, x := range s.in {
		v := prev
		if x.from >= 0 {
			v = c.In[x.from]
		}
		if in[i], err = PartOf(v, x.part); err != nil {
			return nil, err
		}
	}
	return Execute(ctx, s.op, pick(op), &Call{Attr: s.attr, In: in, Threads: c.Threads, Lane: c.Lane})
}

// HasGPU reports whether the named op, called with attr, has a GPU kernel; of a
// fused chain, whether every step has.
func HasGPU(op string, attr []byte) bool { return WhyNoGPU(op, attr) == nil }

// WhyNoGPU returns why a task of the named op runs on CPU threads wherever it is
// placed, or nil. The error names the op, of a fused chain that of the step.
func WhyNoGPU(op string, attr []byte) error {
	o, err := Lookup(op)
	switch {
	case err != nil:
		return err
	case o.GPU == nil:
		return fmt.Errorf("%s has no GPU kernel", op)
	case op == Fused:
		steps, err := parseSteps(attr, math.MaxInt)
		for _, s := range steps {
			if err := WhyNoGPU(s.op, s.attr); err != nil {
				return err
			}
		}
		return err
	case o.NoGPU != nil:
		if err := o.NoGPU(attr); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
	}
	return nil
}

// PartOf returns part of v, or v itself if part is negative. The value is
// borrowed from v.
func PartOf(v Value, part int32) (Value, error) {
	if part < 0 {
		return v, nil
	}
	p, ok := v.(Parts)
	if !ok {
		return nil, fmt.Errorf("graph: part %d asked of a %T, which has no parts", part, v)
	}
	if int(part) >= p.NumParts() {
		return nil, fmt.Errorf("graph: part %d asked of a value of %d parts", part, p.NumParts())
	}
	return p.Part(int(part)), nil
}
