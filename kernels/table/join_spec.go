package table

import (
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
)

// JoinKind says which rows a join yields. The numbers are part of the encoding.
type JoinKind uint8

// The joins. Left is the side that probes, right the side that was built.
const (
	Inner JoinKind = iota + 1 // pairs of rows with equal keys
	Left                      // and left rows without a partner
	Semi                      // left rows that have a partner, once each
	Anti                      // left rows that have none
	Right                     // pairs, and right rows without a partner
	Full                      // pairs, and rows of both sides without a partner
)

var joinNames = [...]string{Inner: "inner", Left: "left", Semi: "semi", Anti: "anti", Right: "right", Full: "full"}

// String returns the name of the join.
func (k JoinKind) String() string {
	if k.known() {
		return joinNames[k]
	}
	return fmt.Sprintf("JoinKind(%d)", uint8(k))
}

func (k JoinKind) known() bool { return k > 0 && int(k) < len(joinNames) }

// DefaultSuffix is what a JoinSpec without a suffix appends to clashing names.
const DefaultSuffix = "_right"

// JoinSpec joins rows whose keys are equal, column by column. A null equals
// nothing, not even a null.
type JoinSpec struct {
	Kind      JoinKind
	LeftKeys  []string
	RightKeys []string
	Suffix    string // of right columns named like left ones; empty means DefaultSuffix
}

func (s JoinSpec) suffix() string {
	if s.Suffix == "" {
		return DefaultSuffix
	}
	return s.Suffix
}

// Schema returns the columns of the result: those of the left, then, unless the
// join is Semi or Anti, those of the right but its keys, which equal the left
// ones. Right and Full fill the left keys from the right ones, so these must
// have the same types there; otherwise keys need only be comparable: integers of
// any width, floats, strings in any representation, equal types of time.
// Errors wrap ErrSpec, kernels.ErrColumn or ErrType and name the columns.
func (s JoinSpec) Schema(left, right *arrow.Schema) (*arrow.Schema, error) {
	if err := s.check(left, right); err != nil {
		return nil, err
	}
	fields := slices.Clone(left.Fields())
	if s.Kind == Right || s.Kind == Full {
		for i := range fields {
			fields[i].Nullable = true
		}
	}
	for _, at := range s.rightColumns(right) {
		f := right.Field(at)
		if len(left.FieldIndices(f.Name)) > 0 {
			f.Name += s.suffix()
		}
		f.Nullable = f.Nullable || s.Kind != Inner && s.Kind != Right
		fields = append(fields, f)
	}
	if err := distinctNames(s.Kind.String()+" join", fields, "rename one before the join"); err != nil {
		return nil, err
	}
	return arrow.NewSchema(fields, nil), nil
}

// rightColumns numbers the columns that the result takes from the right.
func (s JoinSpec) rightColumns(right *arrow.Schema) []int {
	var at []int
	if s.Kind == Semi || s.Kind == Anti {
		return at
	}
	for i, f := range right.Fields() {
		if !slices.Contains(s.RightKeys, f.Name) {
			at = append(at, i)
		}
	}
	return at
}

func (s JoinSpec) check(left, right *arrow.Schema) error {
	if !s.Kind.known() {
		return refuse("no join %v", s.Kind)
	}
	if len(s.LeftKeys) == 0 && len(s.RightKeys) == 0 {
		return refuse("%v join without keys: give at least one pair of columns to compare", s.Kind)
	}
	if len(s.LeftKeys) != len(s.RightKeys) {
		return refuse("%v join with %d left keys and %d right keys: they are compared in pairs", s.Kind, len(s.LeftKeys), len(s.RightKeys))
	}
	return comparableKeys(s.Kind.String()+" join", left, right, s.LeftKeys, s.RightKeys, s.Kind == Right || s.Kind == Full)
}

// comparableKeys refuses pairs of keys that cannot be compared, or, if alike, of
// which one cannot stand for the other.
func comparableKeys(what string, left, right *arrow.Schema, leftKeys, rightKeys []string, alike bool) error {
	l, err := keyFields(what+", left side", left, leftKeys)
	if err != nil {
		return err
	}
	r, err := keyFields(what+", right side", right, rightKeys)
	if err != nil {
		return err
	}
	for i := range l {
		a, _ := keyClass(l[i].Type)
		b, _ := keyClass(r[i].Type)
		same := a == b
		if alike {
			same = arrow.TypeEqual(l[i].Type, r[i].Type)
		}
		if !same {
			return fmt.Errorf("%w: %s: left key %q is %v, right key %q is %v: cast one of them",
				ErrType, what, l[i].Name, l[i].Type, r[i].Name, r[i].Type)
		}
	}
	return nil
}
