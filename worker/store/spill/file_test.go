//go:build unix

package spill

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestFile writes, maps and frees in any order; what is there is what was
// written, and the file ends empty.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		f, err := Create(dir)
		if err != nil {
			rt.Fatal(err)
		}
		type value struct {
			e    *Extent
			want []byte
		}
		var has []value
		for i := range rapid.IntRange(1, 30).Draw(rt, "steps") {
			if len(has) > 0 && rapid.Bool().Draw(rt, "free") {
				k := rapid.IntRange(0, len(has)-1).Draw(rt, "which")
				b, done, err := has[k].e.Section(0).Map()
				if err != nil {
					rt.Fatal(err)
				}
				has[k].e.Release() // while it is mapped
				if !bytes.Equal(b, has[k].want) {
					rt.Fatal("other bytes are mapped")
				}
				done()
				done()
				has = append(has[:k], has[k+1:]...)
				continue
			}
			n := rapid.SampledFrom([]int{0, 1, block - 1, block, block + 1, 3 * block}).Draw(rt, "bytes")
			want := bytes.Repeat([]byte{byte(i + 1)}, n)
			e, err := f.Write(want[:n/3], nil, want[n/3:])
			if err != nil || e.Bytes() != int64(n) {
				rt.Fatal(err)
			}
			has = append(has, value{e, want})
		}
		for _, v := range has {
			v.e.Release()
		}
		f.cool(0)
		if f.Used() != 0 || f.end != 0 || len(f.free) != 0 {
			rt.Fatalf("%d bytes are used, the file ends at %d, free %v", f.Used(), f.end, f.free)
		}
		if err := f.Close(); err != nil {
			rt.Fatal(err)
		}
	})
	if es, err := os.ReadDir(dir); err != nil || len(es) > 0 {
		t.Errorf("files are left: %v %v", es, err)
	}
}

func TestMappedOutlivesClose(t *testing.T) {
	f, err := Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	e, err := f.Write([]byte("value"))
	if err != nil {
		t.Fatal(err)
	}
	b, done, err := e.Section(0).Map()
	if err != nil {
		t.Fatal(err)
	}
	e.Release()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if string(b) != "value" {
		t.Errorf("%q", b)
	}
	if _, err := f.Write([]byte("more")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("writing to a closed file: %v", err)
	}
	done()
}

// TestAFailedWriteLosesNothing: /dev/full is a disk that is.
func TestAFailedWriteLosesNothing(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	f := &File{dir: "/dev", f: full}
	if _, err := f.Write(make([]byte, 100)); err == nil || !strings.Contains(err.Error(), "100 bytes") {
		t.Errorf("error %v", err)
	}
	if f.Used() != 0 {
		t.Errorf("%d bytes are used", f.Used())
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestCreateNamesTheDirectory(t *testing.T) {
	if _, err := Create("/no/such/directory"); err == nil || !strings.Contains(err.Error(), "/no/such/directory") {
		t.Errorf("error %v", err)
	}
}
