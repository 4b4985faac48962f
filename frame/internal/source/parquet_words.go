package source

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/parquet-go/parquet-go/format"
)

// words are texts, one behind the other, in Arrow buffers.
type words struct {
	mem     memory.Allocator
	offsets *memory.Buffer
	text    *memory.Buffer
	n       int     // texts so far
	ends    []int32 // ends[i+1] is where text i ends
}

var errTextSize = errors.New("more than 2 GiB of text in a row group: write smaller row groups, or read it as a dictionary")

// reserve makes room for n texts in all.
func (w *words) reserve(n int) (err error) {
	first := w.offsets == nil
	if w.offsets, err = reserveValues[int32](w.mem, w.offsets, w.n+1, n+1); err != nil {
		return err
	}
	if w.ends = valuesOf[int32](w.offsets); first {
		w.ends[0] = 0
		w.text, err = allocate(w.mem, 0, 64)
	}
	return err
}

func (w *words) used() int { return int(w.ends[w.n]) }

// grow makes room for more bytes of text, and those that copying in whole
// registers may overwrite; when there is none left, for as much as there would
// be if all texts there is room for were like those so far.
func (w *words) grow(more int) error {
	used := w.used()
	if used+more > math.MaxInt32-over {
		return errTextSize
	}
	if used+more+over <= w.text.Cap() {
		return nil
	}
	expected := 0
	if room := len(w.ends) - 1; w.n > 0 && used > 0 {
		expected = min(int(float64(used)/float64(w.n)*float64(room)*1.02), 2*used)
	}
	w.text.ResizeNoShrink(used)
	return enlarge(w.mem, &w.text, max(used+more, min(expected, math.MaxInt32-2*over))+over)
}

// add appends a text.
func (w *words) add(text []byte) error {
	if err := w.grow(len(text)); err != nil {
		return err
	}
	end := w.used() + copy(w.text.Buf()[w.used():], text)
	w.n++
	w.ends[w.n] = int32(end)
	return nil
}

// read appends n texts of a page. There is room for n.
func (w *words) read(p *page, n int) error {
	switch p.encoding {
	case format.Plain, plainDictionary: // the latter of dictionaries, by old writers
		return w.plain(p.data, n)
	case format.DeltaLengthByteArray:
		return w.lengths(p.data, n)
	case format.DeltaByteArray:
		return w.prefixes(p.data, n)
	}
	return fmt.Errorf("texts encoded as %v cannot be read", p.encoding)
}

// plain reads texts that begin with their length.
func (w *words) plain(data []byte, n int) error {
	if len(data) < 4*n {
		return errPageCut
	}
	if err := w.grow(len(data) - 4*n); err != nil {
		return err
	}
	text, from := unsafe.Pointer(unsafe.SliceData(w.text.Buf())), unsafe.Pointer(unsafe.SliceData(data))
	at, end, ends := 0, w.used(), w.ends[w.n+1:w.n+1+n]
	left := len(data) - 4*n // of text: each length has its four bytes
	for i := range ends {
		length := int(binary.LittleEndian.Uint32((*[4]byte)(unsafe.Add(from, at))[:]))
		at += 4
		if left -= length; left < 0 {
			return errPageCut
		}
		if length <= over { // both have a pad behind
			*(*[over]byte)(unsafe.Add(text, end)) = *(*[over]byte)(unsafe.Add(from, at))
		} else {
			copy(w.text.Buf()[end:], data[at:at+length])
		}
		at += length
		end += length
		ends[i] = int32(end)
	}
	w.n += n
	return nil
}

// lengths reads lengths, then texts.
func (w *words) lengths(data []byte, n int) error {
	total, negative := w.used(), false
	rest, err := deltas(data, n, func(at int, values []int64) {
		for i, v := range values {
			negative = negative || v < 0 || v > math.MaxInt32
			total += int(v & math.MaxInt32)
			w.ends[w.n+1+at+i] = int32(min(total, math.MaxInt32))
		}
	})
	if err != nil {
		return err
	}
	size := total - w.used()
	if negative || size > len(rest) {
		return errPageCut
	}
	if err := w.grow(size); err != nil {
		return err
	}
	copy(w.text.Buf()[w.used():], rest[:size])
	w.n += n
	return nil
}

// prefixes reads texts that begin like the one before.
func (w *words) prefixes(data []byte, n int) error {
	shared := make([]int64, 0, min(n, len(data)))
	rest, err := deltas(data, n, func(_ int, values []int64) { shared = append(shared, values...) })
	if err != nil {
		return err
	}
	tails := &words{mem: memory.DefaultAllocator}
	defer tails.release()
	if err := tails.reserve(n); err != nil {
		return err
	}
	if err := tails.lengths(rest, n); err != nil {
		return err
	}
	var last []byte
	for i := range n {
		if shared[i] < 0 || shared[i] > int64(len(last)) {
			return errPageCut
		}
		last = append(last[:shared[i]], tails.at(i)...)
		if err := w.add(last); err != nil {
			return err
		}
	}
	return nil
}

func (w *words) at(i int) []byte { return w.text.Buf()[w.ends[i]:w.ends[i+1]] }

// buffers closes the words, of which there are n.
func (w *words) buffers() (offsets, text *memory.Buffer) {
	w.offsets.ResizeNoShrink(4 * (w.n + 1))
	w.text.ResizeNoShrink(w.used())
	return w.offsets, w.text
}

func (w *words) release() { releaseBuffers(w.offsets, w.text) }
