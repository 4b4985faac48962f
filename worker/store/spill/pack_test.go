//go:build unix

package spill

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestPack: what is packed is what was written, takes less of the disk, and gives its
// place back; what does not get smaller lies there as it is.
func TestPack(t *testing.T) {
	f, err := Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.Pack = true
	noise := make([]byte, 3*chunk)
	rand.NewChaCha8([32]byte{1}).Read(noise)
	rapid.Check(t, func(rt *rapid.T) {
		var pieces [][]byte
		for range rapid.IntRange(1, 4).Draw(rt, "pieces") {
			n := rapid.SampledFrom([]int{0, 1, block, chunk - 1, chunk, chunk + 1, 5 * chunk / 2}).Draw(rt, "bytes")
			switch rapid.IntRange(0, 2).Draw(rt, "kind") {
			case 0:
				pieces = append(pieces, noise[:n])
			case 1:
				pieces = append(pieces, bytes.Repeat([]byte("packed"), n/6+1)[:n])
			default:
				pieces = append(pieces, make([]byte, n))
			}
		}
		want := bytes.Join(pieces, nil)
		e, err := f.Write(pieces...)
		if err != nil || e.Bytes() != int64(len(want)) {
			rt.Fatal(err)
		}
		got := make([]byte, len(want))
		if e.Section(0).Packed() {
			if f.Used() > max(int64(len(want)), block) {
				rt.Fatalf("%d bytes take %d on disk", len(want), f.Used())
			}
			if err := e.Section(0).Read(got); err != nil {
				rt.Fatal(err)
			}
		} else {
			b, done, err := e.Section(0).Map()
			if err != nil {
				rt.Fatal(err)
			}
			copy(got, b)
			done()
		}
		if !bytes.Equal(got, want) {
			rt.Fatal("other bytes came back")
		}
		e.Release()
		if f.Used() != 0 {
			rt.Fatalf("%d bytes are used", f.Used())
		}
	})
	f.cool(0)
	if f.end != 0 || len(f.free) != 0 {
		t.Errorf("the file ends at %d, free %v", f.end, f.free)
	}
}

func TestPackedCorruption(t *testing.T) {
	f, err := Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.Pack = true
	want := bytes.Repeat([]byte("lossless "), chunk/4)
	e, err := f.Write(want)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Release()
	if !e.Section(0).Packed() || f.Used() > int64(len(want))/10 {
		t.Fatalf("packed: %t; %d bytes take %d", e.Section(0).Packed(), len(want), f.Used())
	}
	if _, err := f.f.WriteAt([]byte{0}, e.place.At+100); err != nil {
		t.Fatal(err)
	}
	if err := e.Section(0).Read(make([]byte, len(want))); !errors.Is(err, ErrCorrupt) {
		t.Errorf("error %v", err)
	}
}
