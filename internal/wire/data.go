package wire

import (
	"context"
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels"
)

// What can go wrong with data on its way, for errors.Is.
var (
	// ErrAbsent: the holder does not have the item.
	ErrAbsent = errors.New("the value is not there")
	// ErrBusy: the holder has too much to do; ask again later.
	ErrBusy = errors.New("the holder is busy")
	// ErrPeer: the holder cannot be reached, or went away.
	ErrPeer = errors.New("the holder does not answer")
	// ErrEncoding: what arrived is not the encoding of a value.
	ErrEncoding = errors.New("malformed value")
	// ErrDamaged: what arrived is not what the holder sent.
	ErrDamaged = errors.New("the value was damaged on its way")
	// ErrTravel: the value is of a kind that has no encoding.
	ErrTravel = errors.New("the value cannot travel")
)

// An Item names what to fetch: the whole result of a task, or one part of it.
type Item struct {
	Task graph.TaskID
	Part int32 // < 0: the whole value
}

// An Answer is what became of one Item of a Fetch. Value is the caller's to
// release; without one, Err wraps ErrAbsent, ErrBusy, ErrTravel, ErrDamaged, or why the
// fetch ended before the answer came.
type Answer struct {
	Value graph.Value
	Err   error
	// Leased: the value lies in memory of the holder, who cannot use that
	// again until the value is released.
	Leased bool
}

// A Holder has the values that a [DataServer] serves. Its methods are called
// from many goroutines.
type Holder interface {
	// Get returns the value of an item with a reference for the caller, or an
	// error that wraps ErrAbsent or ErrBusy.
	Get(Item) (graph.Value, error)
	// Lend is Get for a reader of another process of this host, who reads the
	// value where it lies, until done. The reference is the caller's besides.
	Lend(Item) (v graph.Value, done func(), err error)
	// Put stores a value under a task's number, taking over the reference,
	// also when it returns an error. It returns when the value can be had.
	Put(ctx context.Context, task graph.TaskID, v graph.Value) error
	// Allocator gives the memory of values that are put.
	Allocator() kernels.Allocator
	// Copies gives the memory of copies that serving needs, which are gone as
	// soon as they are sent. It does not refuse what would fit alone: two full
	// workers that could not serve each other would wait for ever.
	Copies() kernels.Allocator
}

// An Awaiter is a Holder that knows what it is about to have.
type Awaiter interface {
	// Await returns when the items are there that are on their way to the
	// holder, or do not come, or ctx is done: soon in any case.
	Await(ctx context.Context, items []Item)
}

// await gives the holder time to get what it is about to have.
func (d *DataServer) await(ctx context.Context, items []Item) {
	if a, is := d.h.(Awaiter); is {
		a.Await(ctx, items)
	}
}

// Travels returns an error that wraps ErrTravel, and says what to do, unless v
// has an encoding or can be brought to the host, where it has one.
func Travels(v graph.Value) error {
	switch x := v.(type) {
	case *kernels.Block, graph.Raw, hostable:
		return nil
	case *kernels.Table:
		return tableTravels(x)
	case graph.List:
		for i, part := range x {
			if err := Travels(part); err != nil {
				return fmt.Errorf("part %d: %w", i, err)
			}
		}
		return nil
	}
	return fmt.Errorf("wire: %w: a %T is no block, no table and no encoded Go value; return a type that graph.Encode takes", ErrTravel, v)
}

// A hostable value lives on a device.
type hostable interface {
	ToHost(kernels.Allocator) (graph.Value, error)
}

// toHost returns v with everything that is on a device copied to the host. The
// caller releases the result.
func toHost(mem kernels.Allocator, v graph.Value) (graph.Value, error) {
	switch x := v.(type) {
	case hostable:
		return x.ToHost(mem)
	case graph.List:
		out := make(graph.List, 0, len(x))
		for _, part := range x {
			h, err := toHost(mem, part)
			if err != nil {
				out.Release()
				return nil, err
			}
			out = append(out, h)
		}
		return out, nil
	}
	v.Retain()
	return v, nil
}
