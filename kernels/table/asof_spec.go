package table

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"

	"github.com/ashlar-go/ashlar/kernels"
)

// AsofStrategy says which right row an asof join gives a left one. The numbers
// are part of the encoding.
type AsofStrategy uint8

// The strategies. Of right rows at one time the last in order stands for those
// behind, the first for those ahead.
const (
	Backward AsofStrategy = iota + 1 // the last right row at the left row's time or before
	Forward                          // the first right row at the left row's time or after
	Nearest                          // of these two the one less far away, Backward's if they are as far
)

var asofNames = [...]string{Backward: "backward", Forward: "forward", Nearest: "nearest"}

// String returns the name of the strategy.
func (s AsofStrategy) String() string {
	if s.known() {
		return asofNames[s]
	}
	return fmt.Sprintf("AsofStrategy(%d)", uint8(s))
}

func (s AsofStrategy) known() bool { return s > 0 && int(s) < len(asofNames) }

// AsofSpec joins each left row with the one right row whose time is closest to
// its own in a direction, among those whose by-keys equal its own. A "time" is
// a number, date, time, timestamp or duration. Each left row is in the result
// once; what it has no partner for is null. A row whose time or by-key is null,
// or whose time is NaN, has no partner and is none.
type AsofSpec struct {
	Strategy    AsofStrategy
	Left, Right string // the columns of time
	LeftBy      []string
	RightBy     []string
	Strict      bool   // a right row at the same time is no partner
	Within      Within // how far away a partner may be
	Suffix      string // of right columns named like left ones; empty means DefaultSuffix
}

// Within is a greatest distance, itself included; the zero Within is none.
// Int counts in the unit of the columns of time (days of a date32), Float is for
// columns of floats.
type Within struct {
	Limited bool
	Int     uint64
	Float   float64
}

func (s AsofSpec) suffix() string {
	if s.Suffix == "" {
		return DefaultSuffix
	}
	return s.Suffix
}

// Schema returns the columns of the result: those of the left, then those of the
// right but its by-keys; the right time is among them, null where there is no
// partner. Errors wrap ErrSpec, kernels.ErrColumn or ErrType and name the columns.
func (s AsofSpec) Schema(left, right *arrow.Schema) (*arrow.Schema, error) {
	if err := s.check(left, right); err != nil {
		return nil, err
	}
	var fields []arrow.Field
	for _, at := range s.rightColumns(right) {
		f := right.Field(at)
		f.Nullable = true
		fields = append(fields, f)
	}
	return besideSchema("asof join", left, fields, s.suffix())
}

// rightColumns numbers the columns that the result takes from the right.
func (s AsofSpec) rightColumns(right *arrow.Schema) []int {
	var at []int
	for i, f := range right.Fields() {
		if !slices.Contains(s.RightBy, f.Name) {
			at = append(at, i)
		}
	}
	return at
}

func (s AsofSpec) check(left, right *arrow.Schema) error {
	if !s.Strategy.known() {
		return refuse("no asof join %v", s.Strategy)
	}
	if len(s.LeftBy) != len(s.RightBy) {
		return refuse("asof join by %d left and %d right columns: they are compared in pairs", len(s.LeftBy), len(s.RightBy))
	}
	if slices.Contains(s.RightBy, s.Right) {
		return refuse("asof join by its own time %q: by-keys are other columns", s.Right)
	}
	if err := comparableKeys("asof join", left, right, s.LeftBy, s.RightBy, false); err != nil {
		return err
	}
	l, err := timeField("asof join, left side", left, s.Left)
	if err != nil {
		return err
	}
	r, err := timeField("asof join, right side", right, s.Right)
	if err != nil {
		return err
	}
	a, _ := keyClass(l.Type)
	b, _ := keyClass(r.Type)
	if a != b {
		return fmt.Errorf("%w: asof join: left time %q is %v, right time %q is %v: cast one of them", ErrType, l.Name, l.Type, r.Name, r.Type)
	}
	return s.Within.check(arrow.IsFloating(l.Type.ID()))
}

// timeField returns the field of a column of time.
func timeField(what string, schema *arrow.Schema, name string) (arrow.Field, error) {
	at, err := kernels.ColumnIndex(schema, name)
	if err != nil {
		return arrow.Field{}, fmt.Errorf("table: %s: %w", what, err)
	}
	f := schema.Field(at)
	if _, ok := keyClass(f.Type); !ok || isText(f.Type) || f.Type.ID() == arrow.BOOL {
		return f, typeError(what+", by the time", name, f.Type)
	}
	return f, nil
}

func (w Within) check(floats bool) error {
	switch {
	case !w.Limited:
		return nil
	case floats && w.Int != 0:
		return refuse("asof join within %d of a column of floats: give a float", w.Int)
	case !floats && w.Float != 0:
		return refuse("asof join within %v of a column that has no fractions: give an integer", w.Float)
	case !(w.Float >= 0):
		return refuse("asof join within %v: want 0 or more", w.Float)
	}
	return nil
}

// Append appends the encoding of s to dst.
func (s AsofSpec) Append(dst []byte) []byte {
	var flags byte
	if s.Strict {
		flags |= 1
	}
	if s.Within.Limited {
		flags |= 2
	}
	dst = appendName(append(dst, specVersion, byte(s.Strategy), flags), s.Left)
	dst = appendNames(appendName(dst, s.Right), s.LeftBy)
	dst = appendName(appendNames(dst, s.RightBy), s.Suffix)
	if s.Within.Limited {
		dst = binary.LittleEndian.AppendUint64(dst, s.Within.Int)
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(s.Within.Float))
	}
	return dst
}

// ParseAsofSpec reads a spec from the start of src and returns what follows it.
func ParseAsofSpec(src []byte) (s AsofSpec, rest []byte, err error) {
	r := newSpecReader(src)
	s.Strategy = AsofStrategy(r.byte())
	r.check(s.Strategy.known(), "strategy %d", s.Strategy)
	flags := r.byte()
	r.check(flags < 4, "asof flags %d", flags)
	s.Strict, s.Within.Limited = flags&1 != 0, flags&2 != 0
	s.Left, s.Right = r.name(), r.name()
	s.LeftBy, s.RightBy, s.Suffix = r.names(), r.names(), r.name()
	if s.Within.Limited {
		s.Within.Int = binary.LittleEndian.Uint64(r.take(8))
		s.Within.Float = math.Float64frombits(binary.LittleEndian.Uint64(r.take(8)))
	}
	if rest, err = r.done("asof join"); err != nil {
		return AsofSpec{}, nil, err
	}
	return s, rest, nil
}
