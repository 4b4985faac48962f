package guard

import (
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Values returns n zero values, without pointers, between two pages that fault
// when they are touched: the values end where the second one begins, or begin
// where the first ends. They go with the test.
func Values[E any](t testing.TB, n int, atEnd bool) []E {
	t.Helper()
	var e E
	page, size := os.Getpagesize(), n*int(unsafe.Sizeof(e))
	middle := (size + page) / page * page
	memory, err := unix.Mmap(-1, 0, middle+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Munmap(memory); err != nil {
			t.Error(err)
		}
	})
	for _, guard := range [][]byte{memory[:page], memory[page+middle:]} {
		if err := unix.Mprotect(guard, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	from := page
	if atEnd {
		from = page + middle - size
	}
	return unsafe.Slice((*E)(unsafe.Pointer(&memory[from])), n)
}
