package fake

import (
	"errors"
	"fmt"

	"github.com/ashlar-go/ashlar/gpu/device"
)

// stream is a queue of work that runs when somebody waits for it. The mutex of
// the device guards it.
type stream struct {
	d      *Device
	queue  []func() error // from number done on
	done   int64          // how much has run
	queued int64          // how much was ever queued
	closed bool
}

type event struct {
	s  *stream
	at int64 // done when s.done has reached it
}

// NewStream implements device.Device.
func (d *Device) NewStream() (device.Stream, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.enter(); err != nil {
		return nil, err
	}
	s := &stream{d: d}
	d.streams[s] = struct{}{}
	return s, nil
}

func (s *stream) push(work func() error) {
	if s.closed {
		panic("fake: work on a closed stream")
	}
	s.queue = append(s.queue, work)
	s.queued++
}

// runTo runs what is queued up to number n, unless the device fails.
func (s *stream) runTo(n int64) {
	for s.d.failed == nil && s.done < n && len(s.queue) > 0 {
		work := s.queue[0]
		s.queue = s.queue[1:]
		s.done++
		if err := work(); err != nil {
			s.d.fail(err)
		}
	}
}

// submit queues work if the device takes any.
func (s *stream) submit(work func() error) error {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if err := s.d.enter(); err != nil {
		return err
	}
	s.push(work)
	return nil
}

// hosted counts a copy of host memory that is not pinned. Of what is, the check
// that it returns says whether it was freed before the copy ran.
func (s *stream) hosted(b []byte) (check func() error) {
	if !s.d.pinned.Has(b) {
		s.d.Counters.Staged()
		return func() error { return nil }
	}
	return func() error {
		if !s.d.pinned.Has(b) {
			return fmt.Errorf("gpu: %w: %d bytes of pinned host memory were freed before they were copied", device.ErrAddress, len(b))
		}
		return nil
	}
}

func (s *stream) CopyIn(dst device.Ptr, src []byte) error {
	check := s.hosted(src)
	return s.submit(func() error {
		s.d.In(len(src))
		if err := check(); err != nil {
			return err
		}
		to, err := s.d.space.bytes(dst, int64(len(src)))
		copy(to, src)
		return err
	})
}

func (s *stream) CopyOut(dst []byte, src device.Ptr) error {
	check := s.hosted(dst)
	return s.submit(func() error {
		s.d.Out(len(dst))
		if err := check(); err != nil {
			return err
		}
		from, err := s.d.space.bytes(src, int64(len(dst)))
		copy(dst, from)
		return err
	})
}

func (s *stream) CopyWithin(dst, src device.Ptr, bytes int64) error {
	return s.submit(func() error {
		to, err := s.d.space.bytes(dst, bytes)
		from, err2 := s.d.space.bytes(src, bytes)
		copy(to, from)
		return errors.Join(err, err2)
	})
}

func (s *stream) Launch(l device.Launch) error {
	k, ok := programs[l.Kernel]
	if !ok {
		return fmt.Errorf("gpu: %w: no kernel %q; there are %v", device.ErrLaunch, l.Kernel, device.Kernels)
	}
	for i := range 3 {
		if l.Grid[i] < 1 || l.Block[i] < 1 {
			return fmt.Errorf("gpu: %w: %s: grid %v of blocks %v", device.ErrLaunch, l.Kernel, l.Grid, l.Block)
		}
	}
	return s.submit(func() error {
		s.d.Counters.Launch()
		if s.d.faults.hit(LaunchFailure) {
			return fmt.Errorf("gpu: %w: %s: injected", device.ErrLaunch, l.Kernel)
		}
		if err := k(&s.d.space, l.Args); err != nil {
			return fmt.Errorf("gpu: kernel %s: %w", l.Kernel, err)
		}
		return nil
	})
}

func (s *stream) Record() (device.Event, error) {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if err := s.d.enter(); err != nil {
		return nil, err
	}
	return &event{s, s.queued}, nil
}

func (s *stream) Await(e device.Event) error {
	ev := e.(*event)
	if ev.s.d != s.d {
		panic("fake: a stream awaits an event of another device")
	}
	return s.submit(func() error {
		ev.s.runTo(ev.at)
		return nil
	})
}

func (s *stream) Synchronize() error {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if err := s.d.enter(); err != nil {
		return err
	}
	s.runTo(s.queued)
	return s.d.failed
}

func (s *stream) Close() error {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	s.runTo(s.queued)
	s.closed = true
	delete(s.d.streams, s)
	return nil
}

func (e *event) Wait() error {
	d := e.s.d
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.enter(); err != nil {
		return err
	}
	e.s.runTo(e.at)
	return d.failed
}

func (e *event) Close() {}
