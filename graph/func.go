package graph

import (
	"context"
	"fmt"
	"reflect"
)

// How the argument of a typed function reaches its task: the first byte of the
// attributes.
const (
	argLiteral byte = iota // encoded in the attributes
	argValue               // the one dependency
	argList                // the dependencies are the elements of a slice
)

// Func is a user's function under a stable name, typed in what it takes and
// yields. In and Out are any Go types that [Encode] takes, or kinds of Value.
type Func[In, Out any] struct{ name string }

// NewFunc registers f under name and returns its handle. Call it from a package
// variable, so that workers, which run the same program, know the name too.
// The function must not depend on anything but its argument and what it reads
// from outside itself; it should return when ctx ends.
func NewFunc[In, Out any](name string, f func(ctx context.Context, in In) (Out, error)) *Func[In, Out] {
	Register(name, func(ctx context.Context, c *Call) (Value, error) {
		var in In
		if err := decodeArg(c, &in); err != nil {
			return nil, fmt.Errorf("function %q: argument: %w", name, err)
		}
		out, err := f(ctx, in)
		if err != nil {
			return nil, err
		}
		v, err := Encode(out)
		if err != nil {
			return nil, fmt.Errorf("function %q: result: %w", name, err)
		}
		return v, nil
	})
	return &Func[In, Out]{name}
}

// Name returns the name under which f is registered.
func (f *Func[In, Out]) Name() string { return f.name }

// Literal returns the attributes of a call of f with in. A Value is no
// literal: bring it to the cluster first and pass it as a dependency.
func (f *Func[In, Out]) Literal(in In) ([]byte, error) {
	if _, ok := any(in).(Value); ok {
		return nil, fmt.Errorf("graph: function %q: a %T is passed as a future, not as a literal", f.name, in)
	}
	raw, err := encodeRaw(any(in))
	if err != nil {
		return nil, fmt.Errorf("graph: function %q: argument: %w", f.name, err)
	}
	return append([]byte{argLiteral}, raw...), nil
}

// ArgValue and ArgList are the attributes of a call whose argument is its one
// dependency, or the slice of all its dependencies.
func ArgValue() []byte { return []byte{argValue} }

// ArgList: see ArgValue.
func ArgList() []byte { return []byte{argList} }

func decodeArg(c *Call, into any) error {
	if len(c.Attr) == 0 {
		return fmt.Errorf("the call has no attributes")
	}
	switch c.Attr[0] {
	case argLiteral:
		return decodeRaw(Raw(c.Attr[1:]), into)
	case argValue:
		if len(c.In) != 1 {
			return fmt.Errorf("the call has %d values, not 1", len(c.In))
		}
		return decode(c.In[0], into)
	case argList:
		return decodeList(c.In, into)
	}
	return fmt.Errorf("unknown argument form %d", c.Attr[0])
}

func decodeList(in []Value, into any) error {
	dst := reflect.ValueOf(into).Elem()
	if dst.Kind() != reflect.Slice {
		return fmt.Errorf("it takes a %v, not a list of %d values", dst.Type(), len(in))
	}
	s := reflect.MakeSlice(dst.Type(), len(in), len(in))
	for i, v := range in {
		if err := decode(v, s.Index(i).Addr().Interface()); err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	dst.Set(s)
	return nil
}
