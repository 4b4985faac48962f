// The numbers that host and kernels agree on. opcode_test.go holds this file
// to the constants of package device.
enum Op {
	OpLoad, OpConst, OpMove, OpTruth,
	OpAdd, OpSub, OpMul, OpDiv, OpFloorDiv, OpMod, OpMin, OpMax, OpPow,
	OpNeg, OpAbs, OpSign, OpSqrt, OpExp, OpExpm1, OpLog, OpLog1p,
	OpSin, OpCos, OpTan, OpTanh, OpFloor, OpCeil, OpRound, OpFMA, OpIsNaN,
	OpEq, OpNe, OpLt, OpLe, OpGt, OpGe,
	OpAnd, OpOr, OpXor, OpNot, OpWhere,
	OpCount
};

enum Type { Bool = 1, Uint8 = 2, Int32 = 3, Int64 = 4, Float32 = 5, Float64 = 6 };

enum Fold { FoldSum, FoldProd, FoldMin, FoldMax, FoldMoments, FoldArgMin, FoldArgMax, FoldAny, FoldAll };

enum { MaxRegisters = 32, MaxRank = 8, GemmTile = 64, Threads = 256 };
