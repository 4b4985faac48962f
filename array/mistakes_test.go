package array

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/kernels"
	"gonum.org/v1/gonum/mat"
)

// refused fails unless a holds an error that says all of the texts.
func refused(t *testing.T, a *Array, texts ...string) {
	t.Helper()
	for _, s := range append(texts, "mistakes_test.go:") {
		if a.Err() == nil || !strings.Contains(a.Err().Error(), s) {
			t.Errorf("the error must say %q: %v", s, a.Err())
		}
	}
	if a.Size() != 0 || a.Bytes() != 0 {
		t.Errorf("an array that holds an error has %d elements, %d bytes", a.Size(), a.Bytes())
	}
}

// TestSizesBeyondInt64: a size that wraps is an error of the call that makes
// it, be it a new array or one made of others.
func TestSizesBeyondInt64(t *testing.T) {
	refused(t, Ones([]int{1 << 40, 1 << 40}), "full", "[1099511627776 1099511627776]", "float64", "2⁶³ bytes")
	refused(t, Ones([]int{1 << 60}, ChunkShape(1<<59)), "2⁶³ bytes")
	refused(t, Zeros([]int{0, 1 << 40, 1 << 40}), "2⁶³ bytes")
	refused(t, Random(1).Uniform([]int{1 << 32, 1 << 32}), "uniform", "2⁶³ bytes")
	refused(t, Eye(1<<31), "eye", "2⁶³ bytes")
	refused(t, Arange(0, 1e300, 1), "arange", "1e+300 numbers")
	refused(t, Ones([]int{1 << 59}), "blocks", "ChunkShape")
	refused(t, Ones([]int{1 << 30}, ChunkShape(1)), "blocks", "ChunkShape")
	refused(t, Ones([]int{2}, DType(99)), "dtype(99)")

	col, row := Ones([]int{1 << 35, 1}, ChunkShape(1<<35, 1)), Ones([]int{1, 1 << 35}, ChunkShape(1, 1<<35))
	refused(t, col.Add(row), "add", "2⁶³ bytes")
	refused(t, MatMul(col, row), "matmul", "2⁶³ bytes")
	half := Zeros([]int{1 << 62}, DType(kernels.Uint8), ChunkShape(1<<62))
	refused(t, Concatenate(0, half, half), "concatenate", "2⁶³ bytes")
	refused(t, Ones([]int{4}).Reshape(1<<62+1, 4), "reshape", "[4]")
	refused(t, Ones([]int{0}).Reshape(1<<40, 1<<40), "reshape", "[0]")

	large := Zeros([]int{1 << 30, 1 << 29}, ChunkShape(1<<30, 1<<20))
	if large.Err() != nil || large.Size() != 1<<59 || large.Bytes() != 1<<62 {
		t.Errorf("%v has %d elements, %d bytes", large, large.Size(), large.Bytes())
	}
}

// TestAutoOfHugeShapes: the product of the axes wraps to 0, and is cut all the
// same.
func TestAutoOfHugeShapes(t *testing.T) {
	c := Auto([]int{1 << 33, 1 << 31}, 8, 1<<50)
	if n, fits := volume(c.Block([]int{0, 0}), 8); !fits || n > 1<<50 {
		t.Errorf("chunks %v are of %d bytes", c, n)
	}
	if !reflect.DeepEqual(c.Shape(), []int{1 << 33, 1 << 31}) {
		t.Errorf("the chunks make the shape %v", c.Shape())
	}
}

type celsius float32

// TestEveryNumberIsAnOperand: of all of Go's integer and float kinds, and types
// that are made of them.
func TestEveryNumberIsAnOperand(t *testing.T) {
	x := FromSlice([]float64{1, 2}, []int{2})
	for _, n := range []any{int(3), int8(3), int16(3), int32(3), int64(3), uint(3), uint8(3), uint16(3), uint32(3), uint64(3),
		uintptr(3), float32(3), float64(3), celsius(3), time.Duration(3)} {
		if y := x.Add(n); y.Err() != nil {
			t.Errorf("%T: %v", n, y.Err())
		} else if got := fmt.Sprint(values(t, y)); got != "[4 5]" {
			t.Errorf("%T: %s", n, got)
		}
	}
	if got := fmt.Sprint(values(t, x.Add(int8(-3)))); got != "[-2 -1]" {
		t.Errorf("plus -3 is %s", got)
	}
	refused(t, x.Add(uint64(math.MaxUint64)), "add", "operand 2", "18446744073709551615", "float64")
	refused(t, x.Add([]float64{1, 2}), "[]float64", "FromSlice")
	refused(t, x.Add([2]float64{1, 2}), "[2]float64", "FromSlice")
	refused(t, x.Add(mat.NewDense(1, 2, nil)), "*mat.Dense", "FromDense")
	refused(t, x.Add(mat.NewVecDense(2, nil)), "*mat.VecDense", "FromDense(mat.DenseCopyOf(x))")
	refused(t, x.Add(kernels.Scalar(1.0)), "*kernels.Block", "FromBlock")
	refused(t, x.Add(nil), "<nil>")
}

// TestWideFactorisations: the error is of what was called, and says what to do.
func TestWideFactorisations(t *testing.T) {
	wide := Ones([]int{3, 5})
	u, s, vt := wide.SVD()
	for _, a := range []*Array{u, s, vt} {
		refused(t, a, "array: svd", "[3 5]", "Transpose()")
	}
	q, _ := wide.QR()
	refused(t, q, "array: qr", "[3 5]", "as many rows as columns")
	refused(t, Lstsq(wide, Ones([]int{3})), "array: lstsq", "[3 5]")
	_, s, _ = Ones([]int{3, 0}).SVD()
	refused(t, s, "array: svd", "no columns")
}

// TestNormalParameters are looked at when the array is built.
func TestNormalParameters(t *testing.T) {
	for _, sd := range []float64{-1, math.NaN(), math.Inf(1)} {
		refused(t, Random(1).Normal(0, sd, []int{3}), "normal", "standard deviation", fmt.Sprint(sd))
	}
	for _, mean := range []float64{math.NaN(), math.Inf(-1)} {
		refused(t, Random(1).Normal(mean, 1, []int{3}), "normal", "mean", fmt.Sprint(mean))
	}
	if got := fmt.Sprint(values(t, Random(1).Normal(2, 0, []int{3}))); got != "[2 2 2]" {
		t.Errorf("without deviation: %s", got)
	}
}
