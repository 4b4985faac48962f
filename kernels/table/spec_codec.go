package table

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Each spec has a compact encoding that travels in the attributes of tasks: a
// version byte, then counts as varints, names with their lengths, and numbers.
// Parse takes any bytes: its error wraps ErrSpec, memory stays proportional to
// the input, and what it returns encodes to the same bytes again.
const specVersion = 1

// Append appends the encoding of s to dst.
func (s AggSpec) Append(dst []byte) []byte {
	dst = appendNames(append(dst, specVersion), s.Keys)
	dst = binary.AppendUvarint(dst, uint64(len(s.Aggs)))
	for _, a := range s.Aggs {
		dst = appendName(append(dst, byte(a.Kind)), a.Column)
		dst = appendName(dst, a.As)
		if a.Kind == Quantile {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(a.Q))
		}
		if a.Kind.isPair() {
			dst = appendName(dst, a.Other)
		}
		if a.Kind.isTop() {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(a.N))
		}
	}
	return dst
}

// ParseAggSpec reads a spec from the start of src and returns what follows it.
func ParseAggSpec(src []byte) (s AggSpec, rest []byte, err error) {
	r := newSpecReader(src)
	s.Keys = r.names()
	for range r.count() {
		a := Agg{Kind: AggKind(r.byte()), Column: r.name(), As: r.name()}
		if a.Kind == Quantile {
			a.Q = math.Float64frombits(binary.LittleEndian.Uint64(r.take(8)))
		}
		if a.Kind.isPair() {
			a.Other = r.name()
		}
		if a.Kind.isTop() {
			a.N = int(binary.LittleEndian.Uint32(r.take(4)))
		}
		r.check(a.Kind.known(), "aggregate %d", a.Kind)
		s.Aggs = append(s.Aggs, a)
	}
	if rest, err = r.done("aggregation"); err != nil {
		return AggSpec{}, nil, err
	}
	return s, rest, nil
}

// Append appends the encoding of s to dst.
func (s JoinSpec) Append(dst []byte) []byte {
	dst = appendNames(append(dst, specVersion, byte(s.Kind)), s.LeftKeys)
	return appendName(appendNames(dst, s.RightKeys), s.Suffix)
}

// ParseJoinSpec reads a spec from the start of src and returns what follows it.
func ParseJoinSpec(src []byte) (s JoinSpec, rest []byte, err error) {
	r := newSpecReader(src)
	s = JoinSpec{Kind: JoinKind(r.byte()), LeftKeys: r.names(), RightKeys: r.names(), Suffix: r.name()}
	r.check(s.Kind.known(), "join %d", s.Kind)
	if rest, err = r.done("join"); err != nil {
		return JoinSpec{}, nil, err
	}
	return s, rest, nil
}

// Append appends the encoding of s to dst.
func (s SortSpec) Append(dst []byte) []byte {
	dst = binary.AppendUvarint(append(dst, specVersion), uint64(len(s.Keys)))
	for _, k := range s.Keys {
		var flags byte
		if k.Descending {
			flags |= 1
		}
		if k.NullsFirst {
			flags |= 2
		}
		dst = appendName(append(dst, flags), k.Column)
	}
	return dst
}

// ParseSortSpec reads a spec from the start of src and returns what follows it.
func ParseSortSpec(src []byte) (s SortSpec, rest []byte, err error) {
	r := newSpecReader(src)
	for range r.count() {
		flags := r.byte()
		r.check(flags < 4, "sort flags %d", flags)
		s.Keys = append(s.Keys, SortKey{Column: r.name(), Descending: flags&1 != 0, NullsFirst: flags&2 != 0})
	}
	if rest, err = r.done("sort"); err != nil {
		return SortSpec{}, nil, err
	}
	return s, rest, nil
}

func appendName(dst []byte, name string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(name))), name...)
}

func appendNames(dst []byte, names []string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(names)))
	for _, n := range names {
		dst = appendName(dst, n)
	}
	return dst
}

// specReader consumes an encoding; its first failure sticks.
type specReader struct {
	src  []byte
	size int
	err  error
}

func newSpecReader(src []byte) *specReader {
	r := &specReader{src: src, size: len(src)}
	version := r.byte()
	r.check(version == specVersion, "version %d, want %d", version, specVersion)
	return r
}

func (r *specReader) check(ok bool, format string, args ...any) {
	if !ok && r.err == nil {
		r.err, r.src = fmt.Errorf(format, args...), nil
	}
}

// take returns the next n bytes, or n zeros once something failed.
func (r *specReader) take(n int) []byte {
	r.check(n <= len(r.src), "cut short")
	if r.err != nil {
		return make([]byte, min(n, 8))
	}
	out := r.src[:n]
	r.src = r.src[n:]
	return out
}

func (r *specReader) byte() byte { return r.take(1)[0] }

// count reads how many things follow that take a byte each at least.
func (r *specReader) count() int {
	v, n := binary.Uvarint(r.src)
	// The last byte of a varint of several is zero only if it was not needed.
	r.check(n == 1 || n > 1 && r.src[n-1] != 0, "bad count")
	if r.err != nil {
		return 0
	}
	r.src = r.src[n:]
	r.check(v <= uint64(len(r.src)), "a count of %d with %d bytes left", v, len(r.src))
	if r.err != nil {
		return 0
	}
	return int(v)
}

func (r *specReader) name() string {
	return string(r.take(r.count()))
}

func (r *specReader) names() []string {
	var names []string
	for range r.count() {
		names = append(names, r.name())
	}
	return names
}

func (r *specReader) done(what string) ([]byte, error) {
	if r.err != nil {
		return nil, fmt.Errorf("%w: encoding of %d bytes of a %s: %w", ErrSpec, r.size, what, r.err)
	}
	return r.src, nil
}
