package client

import (
	"context"
	"fmt"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

// FireAndForget has the work of rs done although their futures may be released
// and this client may close: for what it does, not for what it returns. The
// futures can still be used. Cancel stops the work.
func FireAndForget[R Result](rs ...R) error {
	for _, r := range rs {
		h := r.hold()
		c := h.w.c
		c.mu.Lock()
		err := h.gone
		if err == nil {
			err = c.alive()
		}
		if err == nil {
			c.say(&pb.FromClient{Forget: wire.KeysToPB([]graph.Key{h.w.key})})
		}
		c.mu.Unlock()
		if err != nil {
			return fmt.Errorf("client: fire and forget %v: %w", h.Key(), err)
		}
	}
	return nil
}

// OnDone calls f, in a goroutine of its own, when the value of r is there or
// never will be: err is nil or says why. It is called once, also if the future
// is released or the client closes; not if ctx ends before. stop, which may be
// called any time, has it not called any more, and reports whether that was in
// time.
func OnDone[R Result](ctx context.Context, r R, f func(r R, err error)) (stop func() bool) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan int, 1)
	quit := notify(ended, []R{r})
	fired := make(chan bool, 1)
	fired <- false
	go func() {
		defer cancel()
		defer quit()
		select {
		case <-ended:
		case <-ctx.Done():
			return
		}
		if <-fired || ctx.Err() != nil {
			fired <- true
			return
		}
		fired <- true
		_, err := r.hold().look()
		f(r, err)
	}()
	return func() bool {
		was := <-fired
		fired <- true
		cancel()
		return !was
	}
}
