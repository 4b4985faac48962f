package device

// An Op is an operation of the elementwise machine. All registers hold
// float64; a bool is 0 or 1. The numbers are those of opcode.h of package cuda.
type Op uint8

// The operations: what register dst becomes.
const (
	OpLoad  Op = iota // element of the input numbered Imm
	OpConst           // the float64 with the bits Imm
	OpMove            // a; with Round, how float64 becomes float32
	OpTruth           // a != 0
	OpAdd
	OpSub
	OpMul
	OpDiv
	OpFloorDiv
	OpMod
	OpMin
	OpMax
	OpPow
	OpNeg
	OpAbs
	OpSign
	OpSqrt
	OpExp
	OpExpm1
	OpLog
	OpLog1p
	OpSin
	OpCos
	OpTan
	OpTanh
	OpFloor
	OpCeil
	OpRound // half to even
	OpFMA   // a*b + c
	OpIsNaN
	OpEq
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe
	OpAnd
	OpOr
	OpXor
	OpNot
	OpWhere // a ? b : c
	OpCount
)

// Limits of the elementwise machine.
const (
	MaxRegisters = 32
	MaxRank      = 8
)

// An Instr is one operation of the elementwise machine.
type Instr struct {
	Op      Op
	Dst     uint8
	A, B, C uint8
	Round   bool // to float32
	Imm     uint64
}

// instrWords is how many words an Instr takes in device memory.
const instrWords = 2

func (in Instr) append(words []uint64) []uint64 {
	w := uint64(in.Op) | uint64(in.Dst)<<8 | uint64(in.A)<<16 | uint64(in.B)<<24 | uint64(in.C)<<32
	if in.Round {
		w |= 1 << 40
	}
	return append(words, w, in.Imm)
}

// DecodeInstr takes apart the two words of an instruction.
func DecodeInstr(w [instrWords]uint64) Instr {
	return Instr{
		Op: Op(w[0]), Dst: uint8(w[0] >> 8), A: uint8(w[0] >> 16), B: uint8(w[0] >> 24), C: uint8(w[0] >> 32),
		Round: w[0]>>40&1 != 0, Imm: w[1],
	}
}
