package expr

import "errors"

var (
	// ErrType marks an operation applied to operands it is not defined on.
	ErrType = errors.New("expr: wrong type")
	// ErrProgram marks an encoded or hand-made program that is not well formed.
	ErrProgram = errors.New("expr: malformed program")
	// ErrInput marks inputs that do not fit the program they are given to.
	ErrInput = errors.New("expr: wrong input")
	// ErrDivideByZero marks an integer division by zero in an array.
	ErrDivideByZero = errors.New("expr: integer division by zero")
	// ErrRange marks a result that its type cannot hold.
	ErrRange = errors.New("expr: value out of range")
	// ErrParse marks a text that does not read as the type it is cast to.
	ErrParse = errors.New("expr: cannot read text")
)
