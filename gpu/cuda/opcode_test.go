package cuda_test

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/gpu/device"
)

//go:embed opcode.h
var header string

// TestOpcodes holds the numbers that the kernels use to those of package
// device.
func TestOpcodes(t *testing.T) {
	ops := enum(t, "Op")
	want := strings.Fields(`Load Const Move Truth Add Sub Mul Div FloorDiv Mod Min Max Pow Neg Abs Sign Sqrt Exp
		Expm1 Log Log1p Sin Cos Tan Tanh Floor Ceil Round FMA IsNaN Eq Ne Lt Le Gt Ge And Or Xor Not Where Count`)
	constants := []device.Op{
		device.OpLoad, device.OpConst, device.OpMove, device.OpTruth, device.OpAdd, device.OpSub, device.OpMul, device.OpDiv,
		device.OpFloorDiv, device.OpMod, device.OpMin, device.OpMax, device.OpPow, device.OpNeg, device.OpAbs, device.OpSign,
		device.OpSqrt, device.OpExp, device.OpExpm1, device.OpLog, device.OpLog1p, device.OpSin, device.OpCos, device.OpTan,
		device.OpTanh, device.OpFloor, device.OpCeil, device.OpRound, device.OpFMA, device.OpIsNaN, device.OpEq, device.OpNe,
		device.OpLt, device.OpLe, device.OpGt, device.OpGe, device.OpAnd, device.OpOr, device.OpXor, device.OpNot,
		device.OpWhere, device.OpCount,
	}
	if len(ops) != len(want) || len(want) != len(constants) {
		t.Fatalf("%d operations in opcode.h, %d here", len(ops), len(want))
	}
	for i, name := range want {
		if ops[i] != "Op"+name || int(constants[i]) != i {
			t.Errorf("operation %d is %s in opcode.h, and %s is %d in Go", i, ops[i], name, constants[i])
		}
	}
}

func TestTypes(t *testing.T) {
	for typ, name := range map[device.Type]string{
		device.Bool: "Bool", device.Uint8: "Uint8", device.Int32: "Int32",
		device.Int64: "Int64", device.Float32: "Float32", device.Float64: "Float64",
	} {
		if want := fmt.Sprintf("%s = %d", name, typ); !strings.Contains(header, want) {
			t.Errorf("opcode.h has no %q", want)
		}
	}
	limits := fmt.Sprintf("MaxRegisters = %d, MaxRank = %d", device.MaxRegisters, device.MaxRank)
	if !strings.Contains(header, limits) {
		t.Errorf("opcode.h has no %q", limits)
	}
}

// enum returns the names of an enum of opcode.h, in order.
func enum(t *testing.T, name string) []string {
	m := regexp.MustCompile(`(?s)enum ` + name + ` \{(.*?)\}`).FindStringSubmatch(header)
	if m == nil {
		t.Fatalf("opcode.h has no enum %s", name)
	}
	return regexp.MustCompile(`\w+`).FindAllString(m[1], -1)
}

func TestFolds(t *testing.T) {
	for i, name := range enum(t, "Fold") {
		constants := map[string]device.Fold{
			"FoldSum": device.FoldSum, "FoldProd": device.FoldProd, "FoldMin": device.FoldMin, "FoldMax": device.FoldMax,
			"FoldMoments": device.FoldMoments, "FoldArgMin": device.FoldArgMin, "FoldArgMax": device.FoldArgMax,
			"FoldAny": device.FoldAny, "FoldAll": device.FoldAll,
		}
		if c, ok := constants[name]; !ok || int(c) != i {
			t.Errorf("fold %d is %s in opcode.h, and in Go %d", i, name, c)
		}
	}
}
