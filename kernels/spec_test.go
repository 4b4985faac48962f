package kernels_test

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"testing"

	"github.com/ashlar-go/ashlar/kernels"
)

// codec is the encoding of one kind of spec.
type codec struct {
	name    string
	parse   func([]byte) (appender, error)
	samples []appender
}

type appender interface{ Append([]byte) []byte }

func codecOf[S appender](name string, parse func([]byte) (S, error), samples ...appender) codec {
	return codec{name, func(b []byte) (appender, error) { s, err := parse(b); return s, err }, samples}
}

var codecs = []codec{
	codecOf("gemm", kernels.ParseGemmSpec, kernels.GemmSpec{}, kernels.GemmSpec{TransB: true, Accumulate: true, Alpha: -0.5}),
	codecOf("syrk", kernels.ParseSyrkSpec, kernels.SyrkSpec{}, kernels.SyrkSpec{Trans: true, Alpha: math.Inf(1)}),
	codecOf("trsm", kernels.ParseTrsmSpec, kernels.TrsmSpec{}, kernels.TrsmSpec{Right: true, Unit: true}),
	codecOf("slice", kernels.ParseSliceSpec, kernels.SliceSpec{},
		kernels.SliceSpec{Start: []int{5, 0}, Count: []int{1, 1 << 40}, Step: []int{-3, 1}, Drop: []bool{true, false}}),
	codecOf("transpose", kernels.ParseTransposeSpec, kernels.TransposeSpec{}, kernels.TransposeSpec{Axes: []int{2, 0, 1}}),
	codecOf("reshape", kernels.ParseReshapeSpec, kernels.ReshapeSpec{Shape: []int{0, 7}}),
	codecOf("assemble", kernels.ParseAssembleSpec, kernels.AssembleSpec{Lengths: [][]int{}}, kernels.AssembleSpec{Lengths: [][]int{{3, 0}, {7}}}),
	codecOf("create", kernels.ParseCreateSpec, kernels.CreateSpec{DType: kernels.Float64},
		kernels.CreateSpec{Pattern: kernels.Identity, DType: kernels.Int32, Shape: []int{4, 5}, Offset: []int{0, 300}}),
	codecOf("broadcast", kernels.ParseBroadcastSpec, kernels.BroadcastSpec{Shape: []int{3, 300}}),
	codecOf("concat", kernels.ParseConcatSpec, kernels.ConcatSpec{}, kernels.ConcatSpec{Axis: 3, Stack: true}),
	codecOf("take", kernels.ParseTakeSpec, kernels.TakeSpec{Axis: 1, Indices: []int{4, 4, 0}}),
	codecOf("scan", kernels.ParseScanSpec, kernels.ScanSpec{DType: kernels.Bool}, kernels.ScanSpec{Op: kernels.Max, DType: kernels.Float32, Axis: 3}),
	codecOf("cast", kernels.ParseCastSpec, kernels.CastSpec{To: kernels.Uint8}),
	codecOf("random", kernels.ParseRandomSpec, kernels.RandomSpec{
		Dist: kernels.Integers, DType: kernels.Int32, Seed: math.MaxUint64, Stream: 9, A: -3, B: 4,
		Global: []int{10, 10}, Shape: []int{5, 2}, Offset: []int{5, 0},
	}),
	codecOf("reduce", kernels.ParseReduceSpec, kernels.ReduceSpec{DType: kernels.Bool}, kernels.ReduceSpec{
		Op: kernels.ArgMax, DType: kernels.Float32, Axes: []int{0, 2}, KeepDims: true, DDof: 1, Global: []int{9, 9, 9}, Offset: []int{0, 3, 6},
	}),
}

func TestSpecsSurviveEncoding(t *testing.T) {
	for _, c := range codecs {
		for _, s := range c.samples {
			b := s.Append([]byte("x"))
			got, err := c.parse(b[1:])
			if err != nil || !reflect.DeepEqual(got, s) {
				t.Errorf("%s: %+v came back as %+v (%v)", c.name, s, got, err)
			}
			for n := range len(b) - 1 {
				if _, err := c.parse(b[1 : 1+n]); !errors.Is(err, kernels.ErrSpec) {
					t.Errorf("%s: the first %d of %d bytes: error %v", c.name, n, len(b)-1, err)
				}
			}
			_, err = c.parse(append(b[1:], 0))
			refused(t, err, kernels.ErrSpec, c.name)
		}
	}
}

// FuzzSpecs checks that no bytes make a parser panic, and that what parses
// encodes and parses to the same again.
func FuzzSpecs(f *testing.F) {
	for i, c := range codecs {
		for _, s := range c.samples {
			f.Add(i, s.Append(nil))
		}
	}
	f.Fuzz(func(t *testing.T, i int, b []byte) {
		c := codecs[uint(i)%uint(len(codecs))]
		s, err := c.parse(b)
		if err != nil {
			return
		}
		once := s.Append(nil)
		again, err := c.parse(once)
		if err != nil || !bytes.Equal(again.Append(nil), once) {
			t.Errorf("%s: %+v parses again as %+v (%v)", c.name, s, again, err)
		}
	})
}
