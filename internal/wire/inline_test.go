package wire

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// TestInlinedValues: what is small comes back as it was, from the middle of a
// column too; what is not small is left out.
func TestInlinedValues(t *testing.T) {
	mem := kerneltest.Alloc(t)
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(t, mem, 2)
		defer v.Release()
		before := []byte("before")
		all := AppendInline(before, v)
		if !bytes.HasPrefix(all, before) {
			t.Fatalf("what was before is now %q", all[:len(before)])
		}
		e := all[len(before):]
		if len(e) == 0 {
			if v.Bytes() <= InlineLimit/4 {
				t.Fatalf("%v of %d bytes is left out", v, v.Bytes())
			}
			return
		}
		if v.Bytes() > InlineLimit || len(e) > maxInline {
			t.Fatalf("a value of %d bytes is inlined in %d", v.Bytes(), len(e))
		}
		got, err := FromInline(e, mem)
		if err != nil {
			t.Fatalf("%v: %v", v, err)
		}
		defer got.Release()
		if err := equalValues(v, got); err != nil {
			t.Fatal(err)
		}
	})
}

func TestLargeValuesAreNotInlined(t *testing.T) {
	b, err := kernels.Zeros(kerneltest.Alloc(t), kernels.Uint8, InlineLimit+1)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Release()
	for _, v := range []graph.Value{b, graph.Raw(make([]byte, InlineLimit+1)), graph.List{b}} {
		if e := AppendInline(nil, v); e != nil {
			t.Errorf("%d bytes are inlined as %d", v.Bytes(), len(e))
		}
	}
	if e := AppendInline(nil, graph.Raw(make([]byte, InlineLimit))); len(e) != 1+InlineLimit {
		t.Errorf("%d bytes are inlined as %d", InlineLimit, len(e))
	}
}

func TestCutInline(t *testing.T) {
	got, err := CutInline([]byte("abc"), []uint32{1, 1, 3}, 3)
	if err != nil || len(got) != 3 || string(got[0]) != "a" || got[1] != nil || string(got[2]) != "bc" {
		t.Errorf("cut into %q, %v", got, err)
	}
	if got, err := CutInline(nil, nil, 7); got != nil || err != nil {
		t.Errorf("nothing became %q, %v", got, err)
	}
	for _, bad := range [][]uint32{{1}, {1, 0}, {1, 4}, {3, 2, 3}} {
		if got, err := CutInline([]byte("abc"), bad, 2); err == nil {
			t.Errorf("ends %v: %q", bad, got)
		}
	}
	if _, err := CutInline(make([]byte, maxInline+1), []uint32{maxInline + 1}, 1); err == nil {
		t.Error("a value that is too large is taken")
	}
}

// FuzzFromInline: bytes are a value, or an error that says that they are none.
func FuzzFromInline(f *testing.F) {
	b, err := kernels.Zeros(kernels.DefaultAllocator(), kernels.Float64, 2, 3)
	if err != nil {
		f.Fatal(err)
	}
	defer b.Release()
	for _, v := range []graph.Value{graph.Raw("raw"), b, graph.List{b, graph.Raw("x")}} {
		f.Add(AppendInline(nil, v))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := FromInline(data, kernels.DefaultAllocator())
		if err != nil {
			if !errors.Is(err, ErrEncoding) && !errors.Is(err, graph.ErrMemory) {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		defer v.Release()
		again := AppendInline(nil, v)
		if again == nil {
			return // too large
		}
		w, err := FromInline(again, kernels.DefaultAllocator())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Release()
		if err := equalValues(v, w); err != nil {
			t.Fatal(err)
		}
	})
}
