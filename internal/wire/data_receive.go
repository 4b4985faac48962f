package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

func appendNumber(b []byte, n uint64) []byte { return binary.AppendUvarint(b, n) }

// number reads a number, which is at most most.
func (r *frameReader) number(most uint64) (uint64, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return 0, cutOff(err)
	}
	if n > most {
		return 0, fmt.Errorf("wire: %w: a length of %d", ErrEncoding, n)
	}
	return n, nil
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

// answer reads the answer to one item. An error means that no more will come.
func (r *frameReader) answer(limit int64, mem kernels.Allocator) (Answer, error) {
	code, err := r.ReadByte()
	if err != nil {
		return Answer{}, cutOff(err)
	}
	switch code {
	case answerValue:
		v, err := r.value(limit, mem)
		return Answer{Value: v}, err
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
