package asm

import (
	"fmt"
	"unsafe"
)

// Fields reads the numbers of one field of many records, straight from the text
// between their marks. What it does not take, because it is no plain number or
// the level has no instructions for it, is for others to read: Ints and Decimals
// return how many of the first numbers are read.
type Fields struct {
	ints     func(groups int, buf *byte, marks *uint32, stride int, out *int64) (left int)
	decimals func(groups int, buf *byte, marks *uint32, stride int, point uint64, out *float64) (left int)
}

// FieldsFor returns the reading of a level that the machine has. That of
// Portable and AVX2 takes nothing.
func FieldsFor(l Level) Fields { return fieldsAssembly(l) }

// FieldGroup is how many numbers are read at a time, all or none.
const FieldGroup = 8

// Ints reads whole numbers of 1 to 8 digits. Number i lies in buf behind the
// place marks[i*stride], up to marks[i*stride+1]; eight bytes before its end are
// in buf.
func (f Fields) Ints(buf []byte, marks []uint32, stride int, out []int64) (done int) {
	groups := len(out) / FieldGroup
	if f.ints == nil || groups == 0 {
		return 0
	}
	checkMarks(marks, stride, groups)
	return (groups - f.ints(groups, unsafe.SliceData(buf), &marks[0], stride, &out[0])) * FieldGroup
}

// Decimals reads fractions of up to 7 digits, a point and up to 7 digits, each
// a quotient of two numbers that are held exactly. Eight bytes from its start on
// are in buf, too.
func (f Fields) Decimals(buf []byte, marks []uint32, stride int, point byte, out []float64) (done int) {
	groups := len(out) / FieldGroup
	if f.decimals == nil || groups == 0 {
		return 0
	}
	checkMarks(marks, stride, groups)
	return (groups - f.decimals(groups, unsafe.SliceData(buf), &marks[0], stride, uint64(point), &out[0])) * FieldGroup
}

func checkMarks(marks []uint32, stride, groups int) {
	if last := (groups*FieldGroup-1)*stride + 1; stride < 1 || last >= len(marks) {
		panic(fmt.Sprintf("asm: %d marks of stride %d for %d numbers", len(marks), stride, groups*FieldGroup))
	}
}
