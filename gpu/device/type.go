package device

import "fmt"

// A Type is the type of elements in device memory. The numbers are those of
// opcode.h of package cuda.
type Type uint8

// The types. A Bool is a byte of 0 or 1.
const (
	Bool Type = iota + 1
	Uint8
	Int32
	Int64
	Float32
	Float64
	typeEnd
)

// Size returns the bytes of one element.
func (t Type) Size() int {
	switch t {
	case Bool, Uint8:
		return 1
	case Int32, Float32:
		return 4
	case Int64, Float64:
		return 8
	}
	panic(fmt.Sprintf("gpu: size of %v", t))
}

// String names the type as Go does.
func (t Type) String() string {
	if t > 0 && t < typeEnd {
		return [typeEnd]string{"", "bool", "uint8", "int32", "int64", "float32", "float64"}[t]
	}
	return fmt.Sprintf("type(%d)", uint8(t))
}
