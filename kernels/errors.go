package kernels

import "errors"

var (
	// ErrShape marks operands whose shapes, axes or positions do not fit.
	ErrShape = errors.New("kernels: shapes do not fit")
	// ErrDType marks operands of a type that the operation does not have.
	ErrDType = errors.New("kernels: wrong element type")
	// ErrMemory marks memory that the allocator did not give.
	ErrMemory = errors.New("kernels: out of memory")
	// ErrRange marks a number that the wanted type cannot hold.
	ErrRange = errors.New("kernels: number out of range")
	// ErrEmpty marks a reduction of no elements that has no answer.
	ErrEmpty = errors.New("kernels: no elements")
	// ErrSpec marks bytes that are not the encoding of a spec.
	ErrSpec = errors.New("kernels: malformed attributes")
	// ErrNotPositiveDefinite marks a matrix without a Cholesky factor.
	ErrNotPositiveDefinite = errors.New("kernels: matrix is not positive definite")
	// ErrSingular marks a matrix that a solve would have to divide by zero for.
	ErrSingular = errors.New("kernels: matrix is singular")
	// ErrNoConvergence marks an iteration that found no eigen or singular values.
	ErrNoConvergence = errors.New("kernels: no convergence")
)
