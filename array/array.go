package array

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// ErrArray is what every error about the building of an array wraps.
var ErrArray = errors.New("array")

// Array is a lazy n-dimensional array, cut into chunks. Its methods build new
// arrays and run nothing. A mistake that can be seen while building (shapes,
// types, axes) stays in the array that the faulty call returned and in all that
// is built from it; [Array.Err] and every computation return it. Arrays are
// immutable and safe for concurrent use.
type Array struct {
	node node
	key  graph.Key // of the node and the spec
	spec graph.Spec
	err  error
}

// A node is one way to make an array out of others.
type node interface {
	info() *meta
	// lower adds the tasks that make the block at the given place, and returns
	// what to depend on to have it. It may keep neither l nor at.
	lower(l *lowering, at []int) graph.Dep
}

// meta is what all nodes have.
type meta struct {
	chunks   Chunks
	dtype    kernels.DType
	key      graph.Key // of the content: op, parameters, keys of the operands
	operands []*Array
}

func (m *meta) info() *meta { return m }

// newMeta names a node after its op and content.
func newMeta(op string, c Chunks, t kernels.DType, params []byte, operands ...*Array) meta {
	parts := [][]byte{c.append(nil), {byte(t)}, params}
	for _, a := range operands {
		parts = append(parts, a.key.Hash[:])
	}
	return meta{chunks: c, dtype: t, key: graph.NewKey(op, parts...), operands: operands}
}

// fromNode makes the array of n with the spec that its operands agree on. No
// array is larger than an int64 can say in bytes, whatever made it.
func fromNode(n node) *Array {
	m := n.info()
	if bad := checkSize(m.key.Name, m.chunks.Shape(), m.dtype); bad != nil {
		return bad
	}
	a := &Array{node: n, key: n.info().key}
	for i, o := range n.info().operands {
		if i == 0 {
			a.spec = o.spec
		} else if !a.spec.Equal(o.spec) {
			a.spec = graph.Spec{}
		}
	}
	return a.respec(a.spec)
}

// checkSize returns the error of an array whose size in bytes is beyond an
// int64.
func checkSize(op string, shape []int, t kernels.DType) *Array {
	if !t.Valid() {
		return fail(op, "%v is no element type", t)
	}
	_, fits := volume(shape, t.Size())
	for _, n := range shape {
		fits = fits && n >= 0 // a sum of chunks that has wrapped is negative
	}
	if !fits {
		return fail(op, "shape %v of %v takes 2⁶³ bytes or more", shape, t)
	}
	return nil
}

func (a *Array) respec(s graph.Spec) *Array {
	b := *a
	b.spec = s
	b.key = a.node.info().key
	if !s.IsZero() {
		b.key = graph.NewKey(b.key.Name, b.key.Hash[:], []byte(s.Fingerprint()))
	}
	return &b
}

// fail returns an array that holds an error about the named operation, with
// the place of the caller outside this package.
func fail(op, format string, args ...any) *Array {
	return &Array{err: fmt.Errorf("%w: %s%s: %w", ErrArray, op, caller(), fmt.Errorf(format, args...))}
}

// caller returns " (file:line)" of the nearest caller outside this package.
func caller() string {
	pc := make([]uintptr, 16)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	for {
		f, more := frames.Next()
		if !strings.Contains(f.Function, "/ashlar/array.") || strings.HasSuffix(f.File, "_test.go") {
			return fmt.Sprintf(" (%s:%d)", filepath.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}

// firstErr returns the first of the arrays that holds an error, or nil.
func firstErr(as ...*Array) *Array {
	for _, a := range as {
		if a == nil {
			return fail("operand", "the array is nil")
		}
		if a.err != nil {
			return a
		}
	}
	return nil
}

// Err returns what was wrong in building the array, or nil.
func (a *Array) Err() error { return a.err }

// Shape returns the length of each axis; nil if the array holds an error.
func (a *Array) Shape() []int {
	if a.err != nil {
		return nil
	}
	return a.Chunks().Shape()
}

// NDim returns the number of axes.
func (a *Array) NDim() int { return len(a.Chunks()) }

// Size returns the number of elements; 0 if the array holds an error.
func (a *Array) Size() int {
	if a.err != nil {
		return 0
	}
	return product(a.Shape())
}

// Chunks returns how the array is cut. The caller must not change it.
func (a *Array) Chunks() Chunks {
	if a.err != nil {
		return nil
	}
	return a.node.info().chunks
}

// DType returns the type of the elements.
func (a *Array) DType() kernels.DType {
	if a.err != nil {
		return 0
	}
	return a.node.info().dtype
}

// Bytes returns the size of all elements together; 0 if the array holds an
// error.
func (a *Array) Bytes() int64 {
	if a.err != nil {
		return 0
	}
	return int64(a.Size()) * int64(a.DType().Size())
}

// Key returns the content key: equal expressions have equal keys.
func (a *Array) Key() graph.Key { return a.key }

// String shows the operation, shape, type and chunks.
func (a *Array) String() string {
	if a.err != nil {
		return a.err.Error()
	}
	return fmt.Sprintf("%v %v %v in chunks %v", a.key, a.Shape(), a.DType(), a.Chunks())
}

// axis resolves a possibly negative axis number.
func axis(op string, a *Array, i int) (int, *Array) {
	n := a.NDim()
	if i < -n || i >= n {
		return 0, fail(op, "axis %d of an array of %d axes, shape %v", i, n, a.Shape())
	}
	return (i + n) % max(n, 1), nil
}

// axes resolves a set of axes, all if none is given; the result is sorted.
func axes(op string, a *Array, list []int) ([]int, *Array) {
	var out []int
	if len(list) == 0 {
		for i := range a.NDim() {
			out = append(out, i)
		}
		return out, nil
	}
	for _, i := range list {
		k, bad := axis(op, a, i)
		if bad != nil {
			return nil, bad
		}
		if slices.Contains(out, k) {
			return nil, fail(op, "axis %d is given twice", i)
		}
		out = append(out, k)
	}
	slices.Sort(out)
	return out, nil
}
