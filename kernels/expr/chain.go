package expr

import (
	"slices"
	"unsafe"

	"github.com/ashlar-go/ashlar/kernels/internal/asm"
)

// Neighbouring steps that package asm has routines for are run as one chain: a
// short piece of the batch goes through all of them before the next one does,
// so that what they hand to each other stays near and the processor works on
// one while another waits. Nulls are found first, as for these steps they do
// not depend on values. A chain that flags a value, which is rare, has its steps run
// one by one instead.

// routineOf returns the routine of an instruction, and its operands if their
// order is another one.
func (m *machine) routineOf(in Instr) (asm.Routine, []Ref) {
	if len(in.Args) == 0 {
		return asm.Routine{}, nil
	}
	switch in.Op {
	case Where:
		return m.chooseRoutine(in), in.Args
	case Cast:
		return castRoutine(m.prog.Instrs[in.Args[0]].Type, in.Type, m.mode), in.Args
	}
	switch m.prog.Instrs[in.Args[0]].Type {
	case Float64:
		return floatRoutine(loops64.chain, in)
	case Float32:
		return floatRoutine(loops32.chain, in)
	case Int32, Date32:
		return m.wholeRoutine(loopsI4.whole, in)
	case Int64, TimestampS, TimestampMs, TimestampUs, TimestampNs:
		return m.wholeRoutine(loopsI8.whole, in)
	}
	return asm.Routine{}, nil
}

// wholeRoutine is for integers, which tables check and arrays let wrap around.
func (m *machine) wholeRoutine(w *wholeRoutines, in Instr) (asm.Routine, []Ref) {
	switch {
	case in.Op == Gt:
		return w.compare[Lt], []Ref{in.Args[1], in.Args[0]}
	case in.Op == Ge:
		return w.compare[Le], []Ref{in.Args[1], in.Args[0]}
	case opInfo[in.Op].class == classCompare:
		return w.compare[in.Op], in.Args
	case m.mode == tables:
		return w.checked[in.Op], in.Args
	case len(in.Args) == 1:
		return w.unary[in.Op], in.Args
	}
	return w.binary[in.Op], in.Args
}

// chooseRoutine is for Where without nulls; it copies any type of its width.
func (m *machine) chooseRoutine(in Instr) (none asm.Routine) {
	switch {
	case m.mode != arrays || in.Type == String:
	case in.Type.Size() == 8:
		return loops64.chain.Choose
	case in.Type.Size() == 4:
		return loops32.chain.Choose
	}
	return none
}

func floatRoutine(r *asm.Routines, in Instr) (asm.Routine, []Ref) {
	if f, ok := unaryRoutines[in.Op]; ok && (in.Op != Round || in.Imm == 0) {
		return r.Unary[f], in.Args
	}
	if f, ok := binaryRoutines[in.Op]; ok {
		return r.Binary[f], in.Args
	}
	if f, ok := compareRoutines[in.Op]; ok {
		return r.Compare[f], in.Args
	}
	switch in.Op {
	case FMA:
		return r.FMA, in.Args
	case IsNaN:
		return r.Compare[asm.Ne], []Ref{in.Args[0], in.Args[0]}
	case Gt:
		return r.Compare[asm.Lt], []Ref{in.Args[1], in.Args[0]}
	case Ge:
		return r.Compare[asm.Le], []Ref{in.Args[1], in.Args[0]}
	}
	return asm.Routine{}, nil
}

// segments numbers the instructions that are run as one chain, from 1 on; 0
// stands for those that are run by themselves.
func (m *machine) segments() []int {
	of, segment, open := make([]int, len(m.prog.Instrs)), 0, false
	for i, in := range m.prog.Instrs {
		if !in.computed() { // nothing is done for it
			continue
		}
		if r, _ := m.routineOf(in); !r.Exists() || m.packs(Ref(i)) {
			open = false
			continue
		}
		if !open {
			segment, open = segment+1, true
		}
		of[i] = segment
	}
	return of
}

// chain is some steps of a machine in one.
type chain struct {
	run      asm.Chain
	routines int // without those for sinks
	sinks    []sink
	binds    []bind
	tiles    tiles
	literals tiles
}

// runChain computes the batch, and what can be written past the caches writes
// there. It reports false where the steps have to do it.
func (m *machine) runChain(u *unit) bool {
	c, n := u.chain, m.n
	routines := c.routines
	if m.sinkable(c) {
		routines += len(c.sinks)
	}
	if n < c.run.Piece || routines == 1 && m.mode == arrays { // which is as well called for all of the batch
		return false
	}
	for i := range c.binds {
		b := &c.binds[i]
		c.run.Set(b.routine, b.operand, asm.Operand{Base: unsafe.Pointer(&b.value.data[0]), Stride: b.stride})
	}
	for _, s := range m.steps[u.from:u.to] {
		if s.propagates {
			intersect(s.dst, s.args, n)
		}
	}
	if c.run.Run(routines, n) {
		asm.StreamFor(asm.Best()).End() // what follows overwrites it
		return false
	}
	if routines > c.routines {
		for _, s := range c.sinks {
			delete(m.sinks, s.ref)
		}
	}
	return true
}

// sinkable reports whether the chain has sinks and this batch ends on lines in
// all of them, which it then sets.
func (m *machine) sinkable(c *chain) bool {
	for _, s := range c.sinks {
		into := m.sinks[s.ref]
		if len(into) == 0 || len(into)%64 != 0 || uintptr(unsafe.Pointer(&into[0]))%64 != 0 {
			return false
		}
		c.run.Set(s.routine, 0, asm.Operand{Base: unsafe.Pointer(&into[0]), Stride: len(into) / m.n})
	}
	return len(c.sinks) > 0
}

// bind says which value an operand is that lies elsewhere in each batch.
type bind struct {
	routine, operand int
	value            *vec
	stride           int
}

// sink is an output that is written past the caches by the chain itself.
type sink struct {
	ref     Ref
	routine int
}

// chainBuilder makes the chain of one segment.
type chainBuilder struct {
	*chain
	m     *machine
	inner map[Ref][]byte // values that only this chain sees, and literals
	last  map[Ref]int    // of the links, the last one that reads a value
}

// newChain makes the chain of the steps from … to. Outputs among them may be
// written past the caches by it.
func (m *machine) newChain(from, to int) *chain {
	c := &chain{run: asm.Chain{Piece: m.piece(from, to)}}
	b := chainBuilder{chain: c, m: m, inner: map[Ref][]byte{}, last: map[Ref]int{}}
	links := m.pairRoots(from, to)
	for i, l := range links {
		for _, r := range l.args {
			b.last[r] = i
		}
	}
	for i, l := range links {
		b.add(i, l)
	}
	c.routines = c.run.Len()
	for _, s := range m.steps[from:to] {
		if slices.Contains(m.prog.Outputs, s.ref) {
			b.addSink(s.ref)
		}
	}
	return c
}

// piece is how many values the steps from … to compute at a time.
func (m *machine) piece(from, to int) int {
	size := 4
	for _, s := range m.steps[from:to] {
		in := m.prog.Instrs[s.ref]
		size = max(size, in.Type.Size(), m.prog.Instrs[in.Args[len(in.Args)-1]].Type.Size())
	}
	return asm.PieceBytes / size
}

// linkPlan is a routine with what it writes and reads.
type linkPlan struct {
	routine   asm.Routine
	dst, args []Ref
}

func (b *chainBuilder) add(number int, l linkPlan) {
	k := b.run.Add(l.routine)
	for i, r := range l.dst {
		if b.isInner(r) {
			b.inner[r] = b.tiles.take(b.m)
		}
		b.operand(k, i, r)
	}
	for i, r := range l.args {
		b.operand(k, len(l.dst)+i, r)
	}
	for r, tile := range b.inner {
		if b.last[r] == number && b.m.prog.Instrs[r].computed() {
			b.tiles.release(tile)
			delete(b.inner, r)
		}
	}
}

// isInner reports whether nothing but this chain reads a value of its own.
func (b *chainBuilder) isInner(r Ref) bool { return b.m.uses[r] == insideChain }

// operand sets an operand for good, or notes that each batch has to.
func (b *chainBuilder) operand(routine, k int, r Ref) {
	in := b.m.prog.Instrs[r]
	if _, ok := b.inner[r]; !ok && in.Op == Const {
		tile := b.literals.take(b.m) // which nothing else may have written to
		copy(tile, b.m.vals[r].data[:2*b.run.Piece*in.Type.Size()])
		b.inner[r] = tile
	}
	if tile, ok := b.inner[r]; ok {
		b.run.Set(routine, k, asm.Operand{Base: unsafe.Pointer(&tile[0])})
		return
	}
	b.binds = append(b.binds, bind{routine, k, &b.m.vals[r], in.Type.Size()})
}

func (b *chainBuilder) addSink(r Ref) {
	routine := asm.StreamRoutine(asm.Best(), b.m.prog.Instrs[r].Type.Size())
	if !routine.Exists() {
		return
	}
	k := b.run.Add(routine)
	b.operand(k, 1, r)
	b.sinks = append(b.sinks, sink{r, k})
}

// pairRoots plans the links of the steps from … to: those of a root and of an
// elementary function that do not wait for each other become one.
func (m *machine) pairRoots(from, to int) []linkPlan {
	steps := m.steps[from:to]
	beside := make([]int, len(steps)) // the other step of a pair; -1 at its later place
	for i, root := range steps {
		if m.prog.Instrs[root.ref].Op != Sqrt || beside[i] != 0 {
			continue
		}
		for j, f := range steps {
			first, later := min(i, j), max(i, j)
			if i != j && beside[j] == 0 && m.besideRoot(root.ref, f.ref).Exists() && m.ready(steps[later].ref, steps[first].ref) {
				beside[first], beside[later] = later, -1
				break
			}
		}
	}
	var links []linkPlan
	for i, s := range steps {
		switch in := m.prog.Instrs[s.ref]; {
		case beside[i] < 0:
		case beside[i] == 0:
			r, args := m.routineOf(in)
			links = append(links, linkPlan{r, []Ref{s.ref}, args})
		default:
			root, f := s.ref, steps[beside[i]].ref
			if in.Op != Sqrt {
				root, f = f, root
			}
			links = append(links, linkPlan{m.besideRoot(root, f), []Ref{root, f}, []Ref{m.prog.Instrs[root].Args[0], m.prog.Instrs[f].Args[0]}})
		}
	}
	return links
}

// besideRoot returns what computes a root and a function of the same type.
func (m *machine) besideRoot(root, f Ref) (none asm.Routine) {
	in, routine := m.prog.Instrs[f], unaryRoutines[m.prog.Instrs[f].Op]
	switch t := m.prog.Instrs[root].Type; {
	case t != in.Type || len(in.Args) != 1 || routine < asm.Exp:
		return none
	case t == Float64:
		return loops64.chain.BesideRoot[routine]
	}
	return loops32.chain.BesideRoot[routine]
}

// ready reports whether all operands of a value are there before another.
func (m *machine) ready(r, before Ref) bool {
	for _, a := range m.prog.Instrs[r].Args {
		if a >= before && m.prog.Instrs[a].computed() {
			return false
		}
	}
	return true
}

// tiles are the memory of a piece each, side by side in registers.
type tiles struct{ free [][]byte }

const tileBytes = 2 * asm.PieceBytes

func (t *tiles) take(m *machine) []byte {
	if len(t.free) == 0 {
		reg, _ := m.register(nil)
		for tile := range slices.Chunk(bytesOf(reg.words[:]), tileBytes) {
			t.free = append(t.free, tile)
		}
	}
	tile := t.free[len(t.free)-1]
	t.free = t.free[:len(t.free)-1]
	return tile
}

func (t *tiles) release(tile []byte) { t.free = append(t.free, tile) }
