package fake

import (
	"fmt"
	"math"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// state is that of any fold: floats in f, with count and deviations for moments,
// others in i, and a position.
type state struct {
	f, n, m2 float64
	i, at    int64
}

// folder is a fold of a type of elements.
type folder struct {
	fold device.Fold
	t    device.Type
}

// of returns the state of one element.
func (f folder) of(x state, at int64) state {
	switch f.fold {
	case device.FoldMoments:
		if !f.t.Float() {
			x.f = float64(x.i)
		}
		return state{f: x.f, n: 1, m2: x.f - x.f}
	case device.FoldArgMin, device.FoldArgMax:
		x.at = at
	case device.FoldAny, device.FoldAll:
		if f.t.Float() && x.f != 0 || !f.t.Float() && x.i != 0 {
			return state{i: 1}
		}
		return state{}
	}
	return x
}

// none returns the state of no elements.
func (f folder) none() state {
	switch f.fold {
	case device.FoldProd:
		return state{f: 1, i: 1}
	case device.FoldMin, device.FoldMax:
		return f.outermost()
	case device.FoldArgMin, device.FoldArgMax:
		return state{at: -1}
	case device.FoldAll:
		return state{i: 1}
	}
	return state{}
}

// outermost is what every element is below, or, for the greatest, above.
func (f folder) outermost() state {
	x := state{f: math.Inf(1), i: math.MaxUint8}
	switch f.t {
	case device.Int64:
		x.i = math.MaxInt64
	case device.Int32:
		x.i = math.MaxInt32
	}
	if f.fold == device.FoldMax {
		x.f = math.Inf(-1)
		if x.i = ^x.i; f.t == device.Uint8 {
			x.i = 0
		}
	}
	return x
}

func (f folder) merge(a, b state) state {
	switch f.fold {
	case device.FoldSum:
		return state{f: a.f + b.f, i: a.i + b.i}
	case device.FoldProd:
		return state{f: a.f * b.f, i: a.i * b.i}
	case device.FoldMin:
		return state{f: min(a.f, b.f), i: min(a.i, b.i)}
	case device.FoldMax:
		return state{f: max(a.f, b.f), i: max(a.i, b.i)}
	case device.FoldMoments:
		return mergeMoments(a, b)
	case device.FoldAny:
		return state{i: a.i | b.i}
	case device.FoldAll:
		return state{i: a.i & b.i}
	}
	return f.mergeArgs(a, b)
}

// mergeMoments is as in Chan, Golub and LeVeque (1979).
func mergeMoments(a, b state) state {
	switch {
	case a.n == 0:
		return b
	case b.n == 0:
		return a
	}
	n, delta := a.n+b.n, b.f-a.f
	mean := a.f + delta*(b.n/n)
	if delta-delta != 0 {
		mean = a.f*(a.n/n) + b.f*(b.n/n)
	}
	return state{f: mean, n: n, m2: a.m2 + b.m2 + delta*delta*(a.n*b.n/n)}
}

func (f folder) mergeArgs(a, b state) state {
	switch {
	case b.at < 0:
		return a
	case a.at < 0 || f.beats(b, a):
		return b
	case !f.beats(a, b) && b.at < a.at:
		return b
	}
	return a
}

func (f folder) beats(a, b state) bool {
	if f.fold == device.FoldArgMax {
		a.f, b.f, a.i, b.i = -a.f, -b.f, ^a.i, ^b.i
	}
	if f.t.Float() {
		return a.f < b.f || a.f != a.f && b.f == b.f
	}
	return a.i < b.i
}

// elements returns what reads the first n elements at p, as a state's f or i.
func (f folder) elements(s *space, p device.Ptr, n int64) (func(i int64) state, error) {
	switch f.t {
	case device.Float64:
		return floatsAt[float64](s, p, n)
	case device.Float32:
		return floatsAt[float32](s, p, n)
	case device.Int64:
		return wholesAt[int64](s, p, n)
	case device.Int32:
		return wholesAt[int32](s, p, n)
	}
	return wholesAt[uint8](s, p, n)
}

func floatsAt[T float](s *space, p device.Ptr, n int64) (func(i int64) state, error) {
	x, err := elements[T](s, p, n)
	return func(i int64) state { return state{f: float64(x[i])} }, err
}

func wholesAt[T uint8 | int32 | int64](s *space, p device.Ptr, n int64) (func(i int64) state, error) {
	x, err := elements[T](s, p, n)
	return func(i int64) state { return state{i: int64(x[i])} }, err
}

func (f folder) read(s *space, p device.Ptr, i int64) (x state, err error) {
	p += device.Ptr(i * int64(f.fold.StateSize(f.t)))
	switch f.fold {
	case device.FoldMoments:
		w, err := elements[float64](s, p, 3)
		if err != nil {
			return x, err
		}
		return state{n: w[0], f: w[1], m2: w[2]}, nil
	case device.FoldArgMin, device.FoldArgMax:
		w, err := elements[int64](s, p, 2)
		if err != nil {
			return x, err
		}
		return state{i: w[0], f: math.Float64frombits(uint64(w[0])), at: w[1]}, nil
	case device.FoldAny, device.FoldAll:
		get, err := wholesAt[uint8](s, p, 1)
		if err != nil {
			return x, err
		}
		return get(0), nil
	}
	get, err := f.wide().elements(s, p, 1)
	if err != nil {
		return x, err
	}
	return get(0), nil
}

// wide is f with the type that its states have, if those are elements.
func (f folder) wide() folder {
	switch {
	case f.fold != device.FoldSum && f.fold != device.FoldProd:
	case f.t.Float():
		f.t = device.Float64
	default:
		f.t = device.Int64
	}
	return f
}

func (f folder) write(s *space, p device.Ptr, i int64, x state) error {
	p += device.Ptr(i * int64(f.fold.StateSize(f.t)))
	switch f.fold {
	case device.FoldMoments:
		return putAll(s, p, x.n, x.f, x.m2)
	case device.FoldArgMin, device.FoldArgMax:
		if f.t.Float() && x.at >= 0 {
			x.i = int64(math.Float64bits(x.f))
		}
		return putAll(s, p, x.i, x.at)
	case device.FoldAny, device.FoldAll:
		return putAll(s, p, uint8(x.i))
	}
	switch f.wide().t {
	case device.Float64:
		return putAll(s, p, x.f)
	case device.Float32:
		return putAll(s, p, float32(x.f))
	case device.Int64:
		return putAll(s, p, x.i)
	case device.Int32:
		return putAll(s, p, int32(x.i))
	}
	return putAll(s, p, uint8(x.i))
}

func putAll[T number](s *space, p device.Ptr, vs ...T) error {
	x, err := elements[T](s, p, int64(len(vs)))
	copy(x, vs)
	return err
}

// foldPrograms are the kernels of all folds.
func foldPrograms(all map[string]program) map[string]program {
	for _, family := range []string{"sum", "prod", "extreme", "moments", "arg", "logic"} {
		all[device.KernelFoldRows+"_"+family] = fold
		all[device.KernelFoldColumns+"_"+family] = fold
		all[device.KernelMerge+"_"+family] = merge
	}
	return all
}

// fold merges pairwise, so that sums of many are right.
func fold(s *space, a []uint64) error {
	f := folder{device.Fold(a[3]), device.Type(a[2])}
	outer, n, inner, slices := int64(a[4]), int64(a[5]), int64(a[6]), int64(a[7])
	length := (n + slices - 1) / slices
	get, err := f.elements(s, device.Ptr(a[1]), outer*n*inner)
	if err != nil {
		return err
	}
	for e := range outer * slices * inner {
		i, o := e%inner, e/inner
		from := min(n, o%slices*length)
		x := f.pairwise(get, o/slices*n*inner+i, inner, from, min(n, from+length))
		if err := f.write(s, device.Ptr(a[0]), e, x); err != nil {
			return err
		}
	}
	return nil
}

// pairwise folds elements number from to to, which are inner apart, of those that
// begin with element number first.
func (f folder) pairwise(get func(i int64) state, first, inner, from, to int64) state {
	if to-from > 32 {
		mid := (from + to) / 2
		return f.merge(f.pairwise(get, first, inner, from, mid), f.pairwise(get, first, inner, mid, to))
	}
	x := f.none()
	for j := from; j < to; j++ {
		x = f.merge(x, f.of(get(first+j*inner), j))
	}
	return x
}

func merge(s *space, a []uint64) error {
	f := folder{device.Fold(a[3]), device.Type(a[2])}
	outer, n, inner := int64(a[4]), int64(a[5]), int64(a[6])
	for e := range outer * inner {
		at := e/inner*n*inner + e%inner
		x, err := f.read(s, device.Ptr(a[1]), at)
		for j := int64(1); err == nil && j < n; j++ {
			var y state
			y, err = f.read(s, device.Ptr(a[1]), at+j*inner)
			x = f.merge(x, y)
		}
		if err != nil {
			return err
		}
		if err := f.write(s, device.Ptr(a[0]), e, x); err != nil {
			return err
		}
	}
	return nil
}

func positions(s *space, a []uint64) error {
	states, err := elements[int64](s, device.Ptr(a[0]), 2*int64(a[1]))
	if err != nil {
		return err
	}
	axes, err := elements[int64](s, device.Ptr(a[2]), 3*int64(a[3]))
	if err != nil {
		return fmt.Errorf("axes: %w", err)
	}
	for i := 1; i < len(states); i += 2 {
		if states[i] < 0 {
			continue
		}
		var at int64
		rest, step := states[i], int64(1)
		for k := len(axes) - 3; k >= 0; k -= 3 {
			at += (rest%axes[k] + axes[k+1]) * step
			rest, step = rest/axes[k], step*axes[k+2]
		}
		states[i] = at
	}
	return nil
}
