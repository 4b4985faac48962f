package device

// FactorBlock is the largest matrix that Trsm and Potrf take: what is beyond is
// products.
const FactorBlock = 64

// Trsm solves op·X = B for a triangular op, n×n with n up to FactorBlock, lower
// or upper, of ones on the diagonal with unit. X is n×m, and B before. The other
// triangle of op, and with unit its diagonal, is not read.
func Trsm(t Type, n, m int64, op, x Matrix, upper, unit bool) Launch {
	return loop(of(KernelTrsm, t), m, uint64(n), uint64(m), uint64(op.At), uint64(op.Row), uint64(op.Col),
		uint64(x.At), uint64(x.Row), uint64(x.Col), flag(upper), flag(unit))
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// Potrf overwrites the lower triangle of a, n×n with n up to FactorBlock and rows
// one after another, row elements apart, with its Cholesky factor. The other
// triangle is not read. minor is the address of an int64: if it is 0 and a
// leading minor is not positive, it becomes base and the order of the first that
// is not; if it is not 0, nothing is done.
func Potrf(t Type, n int64, a Ptr, row int64, minor Ptr, base int64) Launch {
	return Launch{of(KernelPotrf, t), [3]int{1, 1, 1}, [3]int{threads, 1, 1},
		[]uint64{uint64(n), uint64(a), uint64(row), uint64(minor), uint64(base)}}
}

// Lower sets what is above the diagonal of a, n×n and whole, to zero.
func Lower(t Type, n int64, a Ptr) Launch {
	return loop(of(KernelLower, t), n*n, uint64(n), uint64(a))
}
