package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

func appendNumber(b []byte, n uint64) []byte { return binary.AppendUvarint(b, n) }

// number reads a number, which is at most most.
func (r *frameReader) number(most uint64) (uint64, error) {
	return readNumber(r, most)
}

// shortText is what is allocated on the word of a peer.
const shortText = 16 << 10

// text reads a length and so many bytes. Memory is taken as they come.
func (r *frameReader) text(most uint64) ([]byte, error) {
	n, err := r.number(most)
	if err != nil {
		return nil, err
	}
	if n <= shortText {
		b := make([]byte, n)
		_, err := io.ReadFull(r, b)
		return b, cutOff(err)
	}
	b, err := io.ReadAll(io.LimitReader(r, int64(n)))
	if err == nil && uint64(len(b)) < n {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

// value reads a value of at most limit bytes into memory from mem.
func (r *frameReader) value(limit int64, mem kernels.Allocator) (graph.Value, error) {
	meta, err := r.text(maxMeta)
	if err != nil {
		return nil, err
	}
	p, err := readPlan(meta, limit)
	if err != nil {
		return nil, err
	}
	v, err := p.receive(r, mem)
	return v, cutOff(err)
}

// A taker says what is to become of what a stream brings.
type taker struct {
	limit int64
	mem   kernels.Allocator
	sums  bool
	// beside brings the holder's value of that number beside the stream, which
	// brings it if the answer is false. It is nil where nothing can.
	beside func(number uint64, in *incoming) (bool, error)

	bytes int64 // that came
	took  time.Duration
}

// answer reads the answer to one item. An error means that no more will come.
func (r *frameReader) answer(t *taker) (Answer, error) {
	code, err := r.ReadByte()
	if err != nil {
		return Answer{}, cutOff(err)
	}
	switch code {
	case answerValue:
		start, began := time.Now(), r.bytes
		v, err := r.value(t.limit, t.mem)
		t.bytes, t.took = t.bytes+r.bytes-began, t.took+time.Since(start)
		return Answer{Value: v}, err
	case answerChunked:
		return r.chunked(t)
	case answerAbsent:
		return Answer{Err: ErrAbsent}, nil
	case answerBusy:
		return Answer{Err: ErrBusy}, nil
	case answerFailed:
		text, err := r.text(maxText + 16)
		return Answer{Err: fmt.Errorf("wire: %w: %w", ErrTravel, errors.New(string(text)))}, err
	}
	return Answer{}, fmt.Errorf("wire: %w: answer code %d", ErrEncoding, code)
}

// brought reads the value of a put.
func (r *frameReader) brought(t *taker) (graph.Value, error) {
	form, err := r.ReadByte()
	if err != nil {
		return nil, cutOff(err)
	}
	switch form {
	case putValue:
		return r.value(t.limit, t.mem)
	case putChunks, putSummed:
		t.sums = form == putSummed
		a, err := r.chunked(t)
		if err == nil {
			err = a.Err
		}
		return a.Value, err
	}
	return nil, fmt.Errorf("wire: %w: put form %d", ErrEncoding, form)
}

// bring has all chunks of a value come.
func (t *taker) bring(r *frameReader, number uint64, in *incoming) error {
	if number != 0 {
		if t.beside == nil {
			return fmt.Errorf("wire: %w: a number of a value, which was not asked for", ErrEncoding)
		}
		if came, err := t.beside(number, in); came || err != nil {
			return err
		}
	}
	if err := in.read(r); err != nil {
		return err
	}
	if !in.complete() {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// chunked reads a value that comes in chunks.
func (r *frameReader) chunked(t *taker) (Answer, error) {
	number, err := r.number(1<<64 - 1)
	if err != nil {
		return Answer{}, err
	}
	meta, err := r.text(maxMeta)
	if err != nil {
		return Answer{}, cutOff(err)
	}
	p, err := readPlan(meta, t.limit)
	if err != nil {
		return Answer{}, err
	}
	in, err := newIncoming(p, t.sums, t.mem)
	if err != nil {
		return Answer{}, err
	}
	defer in.release()
	start := time.Now()
	if err := t.bring(r, number, in); err != nil {
		return Answer{}, cutOff(err)
	}
	t.bytes, t.took = t.bytes+in.stored.Load(), t.took+time.Since(start)
	v, err := in.value()
	if errors.Is(err, ErrDamaged) {
		return Answer{Err: err}, nil
	}
	return Answer{Value: v}, err
}
