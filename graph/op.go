package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
)

// A Lane is what runs kernels other than on CPU threads: a GPU device. The
// package that implements lanes knows what is behind it.
type Lane interface {
	Name() string
}

// A Call is one execution of an op. It is the kernel's until it returns, as is
// the slice In: a runner uses both again.
type Call struct {
	Attr    []byte
	In      []Value // borrowed: retain what the result keeps
	Threads int     // how many threads the kernel may use, at least 1
	Lane    Lane    // nil on the CPU
}

// A Kernel computes the value of a task. It returns one reference, which the
// caller owns; it stops early, with the context's error, when ctx ends. What
// else a kernel needs of its surroundings, such as an allocator, is in ctx.
type Kernel func(ctx context.Context, c *Call) (Value, error)

// An Op is named work. At least one of its kernels is there, or it is a method
// of actors: see [CallActor].
type Op struct {
	Name   string
	CPU    Kernel
	GPU    Kernel
	NoGPU  func(attr []byte) error // why GPU is not for these attributes; nil is for all
	Method func(ctx context.Context, state any, arg []byte) ([]byte, error)
}

var registry = struct {
	sync.RWMutex
	ops map[string]*Op
}{ops: map[string]*Op{}}

// Register adds the CPU kernel of the named op. Names are stable: they are
// what travels. Registering a name twice panics, since one of the two callers
// would get the other's work; register from package variables or init.
func Register(name string, k Kernel) {
	set(name, func(o *Op) bool {
		if o.CPU != nil || o.Method != nil {
			return false
		}
		o.CPU = k
		return true
	})
}

// RegisterGPU adds the GPU kernel of the named op. The order in which CPU and
// GPU kernels of one op are registered does not matter. no, if it is not nil, says
// why the kernel is not for some attributes: such tasks run on CPU threads.
func RegisterGPU(name string, k Kernel, no func(attr []byte) error) {
	set(name, func(o *Op) bool {
		if o.GPU != nil || o.Method != nil {
			return false
		}
		o.GPU, o.NoGPU = k, no
		return true
	})
}

func set(name string, put func(*Op) bool) {
	if name == "" {
		panic("graph: Register: empty op name")
	}
	registry.Lock()
	defer registry.Unlock()
	o := registry.ops[name]
	if o == nil {
		o = &Op{Name: name}
		registry.ops[name] = o
	}
	if !put(o) {
		panic(fmt.Sprintf("graph: op %q is registered twice", name))
	}
}

// Lookup returns the named op. If there is none, the error says that the
// worker's program lacks it.
func Lookup(name string) (*Op, error) {
	registry.RLock()
	defer registry.RUnlock()
	if o := registry.ops[name]; o != nil {
		return o, nil
	}
	return nil, fmt.Errorf("%w: op %q is not in this program; register it in a package variable or init, "+
		"before main, and run the worker from the same program", ErrUnregistered, name)
}

// RegistryHash names the set of ops of this program.
func RegistryHash() string {
	registry.RLock()
	names := slices.Sorted(maps.Keys(registry.ops))
	registry.RUnlock()
	h := sha256.New()
	for _, n := range names {
		fmt.Fprintf(h, "%d:%s", len(n), n)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Execute calls k and turns a panic into an error of kind [ErrPanic] that
// carries the stack. op is the name for the error. An execution that ended
// because ctx did has the cause of ctx in its error: cancel ctx with the cause
// [ErrTimeout] or [ErrCancelled].
func Execute(ctx context.Context, op string, k Kernel, c *Call) (v Value, err error) {
	defer func() {
		if p := recover(); p != nil {
			v, err = nil, &TaskError{Kind: KindPanic, Op: op, Message: fmt.Sprint(p), Stack: string(debug.Stack())}
		}
	}()
	if k == nil {
		return nil, fmt.Errorf("%w: op %q has no kernel for this device", ErrUnregistered, op)
	}
	v, err = k(ctx, c)
	if err == nil && v == nil {
		err = fmt.Errorf("op %q returned no value", op)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		// Say why the context ended, which the kernel did not know.
		if cause := context.Cause(ctx); errors.Is(cause, ErrTimeout) || errors.Is(cause, ErrCancelled) {
			err = fmt.Errorf("%w: %v", cause, err)
		}
	}
	return v, err
}
