package kernels

// GemmSpec says how [Gemm] multiplies: C = [C +] Alpha · Σ op(A)·op(B), where
// op transposes if the flag says so. With Accumulate the first input is C, and
// the pairs A, B follow it.
type GemmSpec struct {
	TransA, TransB bool
	Accumulate     bool
	Alpha          float64
}

// Append appends the encoding of s.
func (s GemmSpec) Append(b []byte) []byte {
	return appendFloat(appendFlags(b, s.TransA, s.TransB, s.Accumulate), s.Alpha)
}

// ParseGemmSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseGemmSpec(b []byte) (GemmSpec, error) {
	var s GemmSpec
	r := specReader{rest: b}
	r.flags(&s.TransA, &s.TransB, &s.Accumulate)
	s.Alpha = r.float()
	return s, r.done("gemm")
}

// SyrkSpec says how [Syrk] multiplies a matrix by its transpose:
// C = [C +] Alpha · A·Aᵀ, or AᵀA with Trans.
type SyrkSpec struct {
	Trans      bool
	Accumulate bool
	Alpha      float64
}

// Append appends the encoding of s.
func (s SyrkSpec) Append(b []byte) []byte {
	return appendFloat(appendFlags(b, s.Trans, s.Accumulate), s.Alpha)
}

// ParseSyrkSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseSyrkSpec(b []byte) (SyrkSpec, error) {
	var s SyrkSpec
	r := specReader{rest: b}
	r.flags(&s.Trans, &s.Accumulate)
	s.Alpha = r.float()
	return s, r.done("syrk")
}

// TrsmSpec says which triangular system [Trsm] solves: op(T)·X = B, or
// X·op(T) = B with Right, where T is lower triangular, or upper with Upper, has
// ones on its diagonal with Unit, and op transposes it with Trans.
type TrsmSpec struct {
	Right, Upper, Trans, Unit bool
}

// Append appends the encoding of s.
func (s TrsmSpec) Append(b []byte) []byte {
	return appendFlags(b, s.Right, s.Upper, s.Trans, s.Unit)
}

// ParseTrsmSpec decodes what Append wrote. Errors wrap ErrSpec.
func ParseTrsmSpec(b []byte) (TrsmSpec, error) {
	var s TrsmSpec
	r := specReader{rest: b}
	r.flags(&s.Right, &s.Upper, &s.Trans, &s.Unit)
	return s, r.done("trsm")
}
