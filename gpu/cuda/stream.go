//go:build cuda && cgo && linux && (amd64 || arm64)

package cuda

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ashlar-go/ashlar/gpu/device"
	"gorgonia.org/cu"
)

// stream is a CUDA stream, and the host memory that its copies may still use.
type stream struct {
	d *Device
	s cu.Stream

	mu   sync.Mutex
	pins runtime.Pinner
	blas unsafe.Pointer // a handle of the device's library, once a product needed one
}

type event struct {
	d *Device
	e cu.Event
}

// NewStream implements device.Device.
func (d *Device) NewStream() (device.Stream, error) {
	s := &stream{d: d}
	err := d.do("new stream", func() (err error) {
		s.s, err = cu.MakeStream(cu.NonBlocking)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// pin keeps host memory in its place until the stream is synchronized.
func (s *stream) pin(b []byte) unsafe.Pointer {
	p := unsafe.Pointer(unsafe.SliceData(b))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pins.Pin(p)
	return p
}

// count counts a copy of host memory that is not pinned.
func (s *stream) count(b []byte) {
	if !s.d.pinned.Has(b) {
		s.d.Counters.Staged()
	}
}

func (s *stream) CopyIn(dst device.Ptr, src []byte) error {
	if len(src) == 0 {
		return nil
	}
	s.d.In(len(src))
	s.count(src)
	return s.d.do("copy to device", func() error {
		return cu.MemcpyHtoDAsync(cu.DevicePtr(dst), s.pin(src), int64(len(src)), s.s)
	})
}

func (s *stream) CopyOut(dst []byte, src device.Ptr) error {
	if len(dst) == 0 {
		return nil
	}
	s.d.Out(len(dst))
	s.count(dst)
	return s.d.do("copy to host", func() error {
		return cu.MemcpyDtoHAsync(s.pin(dst), cu.DevicePtr(src), int64(len(dst)), s.s)
	})
}

func (s *stream) CopyWithin(dst, src device.Ptr, bytes int64) error {
	if bytes == 0 {
		return nil
	}
	return s.d.do("copy within device", func() error {
		return cu.MemcpyDtoDAsync(cu.DevicePtr(dst), cu.DevicePtr(src), bytes, s.s)
	})
}

func (s *stream) Launch(l device.Launch) error {
	if done, err := s.multiply(l); done {
		return err
	}
	f, ok := s.d.kernels[l.Kernel]
	if !ok {
		return fmt.Errorf("gpu: %w: no kernel %q; there are %v", device.ErrLaunch, l.Kernel, device.Kernels)
	}
	// cu reads 8 bytes behind each pointer, which is what an argument has.
	params := make([]unsafe.Pointer, len(l.Args))
	for i := range l.Args {
		params[i] = unsafe.Pointer(&l.Args[i])
	}
	s.d.Counters.Launch()
	return s.d.do("launch "+l.Kernel, func() error {
		return f.Launch(l.Grid[0], l.Grid[1], l.Grid[2], l.Block[0], l.Block[1], l.Block[2], 0, s.s, params)
	})
}

func (s *stream) Record() (device.Event, error) {
	e := &event{d: s.d}
	err := s.d.do("record event", func() (err error) {
		if e.e, err = cu.MakeEvent(cu.DisableTiming); err != nil {
			return err
		}
		return e.e.Record(s.s)
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (s *stream) Await(e device.Event) error {
	return s.d.do("await event", func() error { return s.s.Wait(e.(*event).e, 0) })
}

func (s *stream) Synchronize() error {
	err := s.d.do("synchronize", s.s.Synchronize)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pins.Unpin()
	return err
}

func (s *stream) Close() error {
	err := s.Synchronize()
	if err != nil {
		return err // the context took the stream with it
	}
	return s.d.do("close stream", func() error {
		if s.blas != nil {
			if err := s.d.blas.drop(s.blas); err != nil {
				return err
			}
		}
		return s.s.Destroy()
	})
}

func (e *event) Wait() error { return e.d.do("wait for event", e.e.Synchronize) }

func (e *event) Close() {
	_ = e.d.do("close event", func() error { return cu.DestroyEvent(&e.e) }) // do keeps a failure
}
