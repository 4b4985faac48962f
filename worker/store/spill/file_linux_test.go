package spill

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestCorruption: what comes from the disk is compared with what was written, each
// time; what never left memory is not.
func TestCorruption(t *testing.T) {
	f, err := Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	e, err := f.Write([]byte("value"))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Release()
	for _, v := range []string{"v", "V"} {
		if _, err := f.f.WriteAt([]byte(v), e.place.At); err != nil {
			t.Fatal(err)
		}
		evict(t, f)
		b, done, err := e.Section(0).Map()
		switch {
		case v == "v" && (err != nil || string(b) != "value"):
			t.Errorf("%q, error %v", b, err)
		case v == "V" && (!errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), f.dir)):
			t.Errorf("error %v", err)
		}
		if err == nil {
			done()
		}
	}
}

// evict has the system forget what it has of f in memory.
func evict(t *testing.T, f *File) {
	t.Helper()
	if err := f.f.Sync(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Fadvise(int(f.f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		t.Fatal(err)
	}
	if whereIs(f.f, 0, block) == cached {
		t.Skip("this file system is in memory")
	}
}

func TestTrusted(t *testing.T) {
	for _, c := range []struct {
		where         place
		checked, want bool
	}{
		{cached, false, true}, {onDisk, false, false}, {onDisk, true, false}, {unknown, false, false}, {unknown, true, true},
	} {
		e := &Section{}
		e.checked.Store(c.checked)
		if got := e.trusted(c.where); got != c.want {
			t.Errorf("trusted(%d) is %t, checked before: %t", c.where, got, c.checked)
		}
	}
}

// TestWarm: an extent that was freed lately is used again with its blocks, and no
// more than mostWarm are kept so.
func TestWarm(t *testing.T) {
	f, err := Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var xs []*Extent
	for i := range 3 * mostWarm / 2 >> 20 {
		e, err := f.Write(bytes.Repeat([]byte{byte(i)}, 1<<20))
		if err != nil {
			t.Fatal(err)
		}
		xs = append(xs, e)
	}
	last := xs[len(xs)-1].place
	for _, e := range xs {
		e.Release()
	}
	if n := len(f.warm); int64(n) != mostWarm>>20 {
		t.Errorf("%d MiB are kept", n)
	}
	if blocks := blocksOf(t, f); blocks > mostWarm+1<<20 {
		t.Errorf("the file has %d bytes", blocks)
	}
	e, err := f.Write(make([]byte, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	if e.place != last {
		t.Errorf("written at %v, want the place freed last, %v", e.place, last)
	}
	e.Release()
	f.cool(0)
	if blocks := blocksOf(t, f); blocks != 0 {
		t.Errorf("in the end the file has %d bytes", blocks)
	}
}

func blocksOf(t *testing.T, f *File) int64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Fstat(int(f.f.Fd()), &st); err != nil {
		t.Fatal(err)
	}
	return st.Blocks * 512
}
