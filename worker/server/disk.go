package server

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/worker"
	"github.com/ashlar-go/ashlar/worker/store"
	"github.com/ashlar-go/ashlar/worker/store/spill"
)

// The marks, as parts of the room for results, between which values are spilled.
const (
	spillAbove = 0.70
	spillTo    = 0.50
)

// openDisk returns where results go that memory has no room for, or nil.
func (o Options) openDisk() (*spill.File, error) {
	if o.NoSpill || o.Memory <= 0 {
		return nil, nil
	}
	f, err := spill.Create(o.Spill)
	if errors.Is(err, errors.ErrUnsupported) {
		o.Log.Warn("results are not spilled to disk", "error", err)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("worker: %w", err)
	}
	f.Pack = o.CompressSpill == "lz4"
	return f, nil
}

// CheckSpill returns an error that names the directory if results cannot be
// moved to dir, which is the system's for temporary files if empty.
func CheckSpill(dir string) error {
	f, err := spill.Create(dir)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil // they stay in memory, and the worker says so
	}
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	return f.Close()
}

// codec is how values lie on disk: as they travel.
type codec struct{}

var _ store.Codec = codec{}

func (codec) Encode(mem kernels.Allocator, v graph.Value) (meta []byte, pieces [][]byte, done func(), err error) {
	e, err := wire.Encode(mem, v)
	if err != nil {
		return nil, nil, nil, err
	}
	return e.Meta(), e.Pieces(), e.Release, nil
}

func (codec) Over(meta, payload []byte, mem kernels.Allocator, done func()) (graph.Value, error) {
	return wire.Over(meta, payload, mem, done)
}

// A spillEnded is the letter that says how a Spill ended.
type spillEnded struct {
	worker.Spill
	bytes int64
	parts int
	err   error
}

// spill moves a value to disk, off the loop. The machine bounds how many there
// are.
func (l *loop) spill(a worker.Spill) {
	l.spilling++
	go func() {
		x := &spillEnded{Spill: a}
		x.bytes, x.parts, x.err = l.store.Spill(store.Item(a.Item))
		l.box.put(x)
	}()
}

func (x *spillEnded) deliver(l *loop) {
	l.spilling--
	if x.err != nil && !errors.Is(x.err, store.ErrAbsent) {
		l.o.Log.Warn("a result could not be moved to disk, and stays in memory", "task", x.Item.Task, "error", x.err)
	}
	l.step(worker.Spilled{At: l.now(), Request: x.Request, OK: x.err == nil, Bytes: x.bytes, Parts: x.parts})
}

// short is the letter that executions wait for so many bytes.
type short int64

func (s short) deliver(l *loop) { l.step(worker.Short{At: l.now(), Bytes: int64(s)}) }
