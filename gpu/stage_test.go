package gpu

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ashlar-go/ashlar/gpu/device"
	"github.com/ashlar-go/ashlar/gpu/fake"
	"github.com/ashlar-go/ashlar/kernels"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// A logged stream says what is asked of it: copies by the chunk of a stage, and
// waits for what was copied how often before.
type logged struct {
	device.Stream
	g      *stage
	log    []string
	copies int
}

func (s *logged) chunk(b []byte) string {
	for i := range s.g.chunks {
		if mem := s.g.chunks[i].mem; &mem[0] == &b[0] {
			return fmt.Sprint(i)
		}
	}
	return "?"
}

func (s *logged) CopyIn(dst device.Ptr, src []byte) error {
	s.copies++
	s.log = append(s.log, fmt.Sprintf("in from %s", s.chunk(src)))
	return s.Stream.CopyIn(dst, src)
}

func (s *logged) CopyOut(dst []byte, src device.Ptr) error {
	s.copies++
	s.log = append(s.log, fmt.Sprintf("out to %s", s.chunk(dst)))
	return s.Stream.CopyOut(dst, src)
}

func (s *logged) Record() (device.Event, error) {
	e, err := s.Stream.Record()
	return &loggedEvent{e, s, s.copies}, err
}

type loggedEvent struct {
	device.Event
	s    *logged
	copy int
}

func (e *loggedEvent) Wait() error {
	e.s.log = append(e.s.log, fmt.Sprintf("wait for %d", e.copy))
	return e.Event.Wait()
}

// TestStageOverlaps: while the device copies one chunk the host has the other, and
// waits for no copy but the last of the chunk that it needs.
func TestStageOverlaps(t *testing.T) {
	d := fake.New(fake.Options{})
	s, err := d.NewStream()
	if err != nil {
		t.Fatal(err)
	}
	l := &logged{Stream: s}
	if l.g, err = newStage(d, l); err != nil {
		t.Fatal(err)
	}
	p, err := d.Alloc(4 * stageChunk)
	if err != nil {
		t.Fatal(err)
	}
	src, dst := make([]byte, 4*stageChunk), make([]byte, 4*stageChunk)
	for i := range src {
		src[i] = byte(i * i >> 7)
	}
	want := bytes.Clone(src)
	if err := l.g.copyIn(p, src); err != nil {
		t.Fatal(err)
	}
	clear(src) // the stage has it
	if got := strings.Join(l.log, ", "); got != "in from 0, in from 1, wait for 1, in from 0, wait for 2, in from 1" {
		t.Errorf("to the device: %s", got)
	}
	if err := s.Synchronize(); err != nil {
		t.Fatal(err)
	}
	l.g.reset()
	l.log, l.copies = nil, 0
	if err := l.g.copyOut(dst, p); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(l.log, ", "); got != "out to 0, out to 1, wait for 1, out to 0, wait for 2, out to 1, wait for 3, wait for 4" {
		t.Errorf("to the host: %s", got)
	}
	if !bytes.Equal(dst, want) {
		t.Error("what came back is not what went in")
	}
	d.Free(p, s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	l.g.close()
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// TestCopiesAreStaged copies blocks of sizes around that of a chunk there and
// back, and counts.
func TestCopiesAreStaged(t *testing.T) {
	l, err := NewLane(Fake(FakeOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	ctx := kernels.WithAllocator(context.Background(), kerneltest.Alloc(t))
	for _, n := range []int{0, 1, stageChunk - 1, stageChunk, stageChunk + 1, 3*stageChunk + 5} {
		b, err := kernels.Create(kernels.AllocatorFrom(ctx), kernels.CreateSpec{DType: kernels.Uint8, Shape: []int{n}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range kernels.Payload(b) {
			kernels.Payload(b)[i] = byte(i*31 + i>>9)
		}
		before := l.Device().Traffic()
		there, err := l.Upload(ctx, b)
		if err != nil {
			t.Fatal(err)
		}
		back, err := there.ToHost(kernels.AllocatorFrom(ctx))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kernels.Payload(back.(*kernels.Block)), kernels.Payload(b)) {
			t.Errorf("%d bytes came back as others", n)
		}
		got, chunks := l.Device().Traffic(), int64((n+stageChunk-1)/stageChunk)
		if got.CopiesIn-before.CopiesIn != chunks || got.CopiesOut-before.CopiesOut != chunks || got.Staged != 0 {
			t.Errorf("%d bytes: traffic %+v, before %+v; want %d copies each way of pinned memory", n, got, before, chunks)
		}
		back.Release()
		there.Release()
		b.Release()
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// TestStageFails loses the device at each call of a copy in turn. Nothing is left
// pinned.
func TestStageFails(t *testing.T) {
	for n := 1; ; n++ {
		d := fake.New(fake.Options{})
		l, err := NewLane(d)
		if err != nil {
			t.Fatal(err)
		}
		b, err := kernels.Zeros(kernels.DefaultAllocator(), kernels.Uint8, 2*stageChunk+1)
		if err != nil {
			t.Fatal(err)
		}
		d.Inject(fake.DeviceLost, n)
		there, err := l.Upload(context.Background(), b)
		if err == nil {
			back, err2 := there.ToHost(kernels.DefaultAllocator())
			if err = err2; err == nil {
				back.Release()
			}
			there.Release()
		}
		b.Release()
		hit := !d.Planted(fake.DeviceLost)
		if hit != errors.Is(err, ErrLost) {
			t.Errorf("lost at call %d: %v", n, err)
		}
		if e := l.Close(); errors.Is(e, ErrLeak) {
			t.Errorf("lost at call %d: %v", n, e)
		}
		if !hit {
			if n < 12 {
				t.Errorf("only %d calls", n)
			}
			return
		}
	}
}
