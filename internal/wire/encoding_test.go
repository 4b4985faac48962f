package wire

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestValuesOverMemory: a value that is built over its encoding is the same, and
// says once when it is not read any more.
func TestValuesOverMemory(t *testing.T) {
	mem := kerneltest.Alloc(t)
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(t, mem, 2)
		defer v.Release()
		e, err := Encode(mem, v)
		if err != nil {
			t.Fatal(err)
		}
		payload := bytes.Join(e.Pieces(), nil)
		was := bytes.Clone(payload)
		done := 0
		got, err := Over(bytes.Clone(e.Meta()), payload, mem, func() { done++ })
		e.Release()
		if err != nil {
			t.Fatal(err)
		}
		if err := equalValues(v, got); err != nil {
			t.Fatal(err)
		}
		got.Retain()
		got.Release()
		got.Release()
		if done != 1 || !bytes.Equal(was, payload) {
			t.Fatalf("done %d times; memory is as it was: %t", done, bytes.Equal(was, payload))
		}
	})
}

func FuzzOver(f *testing.F) {
	for i := range 40 {
		v := rapid.Custom(func(t *rapid.T) graph.Value { return drawValue(t, kernels.DefaultAllocator(), 2) }).Example(i)
		e, err := Encode(kernels.DefaultAllocator(), v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Clone(e.Meta()), bytes.Join(e.Pieces(), nil))
		e.Release()
		v.Release()
	}
	f.Fuzz(func(t *testing.T, meta, payload []byte) {
		done := 0
		got, err := Over(meta, payload, kernels.DefaultAllocator(), func() { done++ })
		if err == nil {
			got.Release()
		}
		if done != 1 {
			t.Errorf("done %d times (%v)", done, err)
		}
	})
}
