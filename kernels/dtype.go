package kernels

import "fmt"

// DType is the type of the elements of a [Block]. The zero DType is no type.
type DType uint8

// The element types. A Bool takes one byte, which is 0 or 1.
const (
	Float64 DType = iota + 1
	Float32
	Int64
	Int32
	Uint8
	Bool
	Complex128
	dtypeEnd
)

// Element is the Go type of an element.
type Element interface {
	float64 | float32 | int64 | int32 | uint8 | bool | complex128
}

// Number is an Element that can be added and multiplied.
type Number interface {
	float64 | float32 | int64 | int32 | uint8 | complex128
}

// Real is a Number with an order.
type Real interface {
	float64 | float32 | int64 | int32 | uint8
}

// Float is an Element that BLAS computes with.
type Float interface{ float64 | float32 }

var dtypes = [dtypeEnd]struct {
	name string
	size int
}{
	Float64:    {"float64", 8},
	Float32:    {"float32", 4},
	Int64:      {"int64", 8},
	Int32:      {"int32", 4},
	Uint8:      {"uint8", 1},
	Bool:       {"bool", 1},
	Complex128: {"complex128", 16},
}

// Valid reports whether t is one of the types above.
func (t DType) Valid() bool { return t > 0 && t < dtypeEnd }

// Size returns the bytes of one element. It panics if t is not valid.
func (t DType) Size() int {
	if !t.Valid() {
		panic(fmt.Sprintf("kernels: Size of %v", t))
	}
	return dtypes[t].size
}

// String names the type as Go and numpy do.
func (t DType) String() string {
	if t.Valid() {
		return dtypes[t].name
	}
	return fmt.Sprintf("dtype(%d)", uint8(t))
}

// IsFloat reports whether t is Float64 or Float32.
func (t DType) IsFloat() bool { return t == Float64 || t == Float32 }

// IsInteger reports whether t is Int64, Int32 or Uint8.
func (t DType) IsInteger() bool { return t == Int64 || t == Int32 || t == Uint8 }

// DTypeOf returns the DType whose elements are of type T.
func DTypeOf[T Element]() DType {
	var zero T
	switch any(zero).(type) {
	case float64:
		return Float64
	case float32:
		return Float32
	case int64:
		return Int64
	case int32:
		return Int32
	case uint8:
		return Uint8
	case bool:
		return Bool
	}
	return Complex128
}
