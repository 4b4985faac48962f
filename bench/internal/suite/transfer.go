package suite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/internal/wire"
	"github.com/ashlar-go/ashlar/kernels"
)

// Transfer is the suite of values that go from process to process of one host:
// handed over where they lie, and sent over a gRPC stream.
func Transfer() harness.Suite {
	return harness.Suite{
		Name:  "transfer",
		About: "values of 1 KiB to 1 GiB handed from worker to worker, their first reading, and the same over a gRPC stream; beside a copy in memory and raw TCP",
		Plan:  planTransfer,
	}
}

// The two workers: the giver makes or serves values, the taker reads them.
const (
	giver = "worker-0"
	taker = "worker-1"
)

// smallValues is how many values of 1 KiB are fetched, smallBatch how many in
// one request.
const (
	smallValues = 100_000
	smallBatch  = 4096
)

func planTransfer(ctx context.Context, cfg harness.Config) ([]harness.Case, func() error, error) {
	sizes := []int{1 << 10, 1 << 20, 64 << 20, 1 << 30}
	if cfg.Quick {
		sizes = sizes[:3]
	}
	local, err := cluster.Local(ctx, cluster.Processes(), cluster.Workers(2), cluster.Threads(1))
	if err != nil {
		return nil, nil, err
	}
	c, err := local.Client(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, local.Close())
	}
	shop, err := client.RunOn(ctx, c, openShop, sizes[len(sizes)-1], giver)
	if err == nil {
		err = shop[0].Err
	}
	if err != nil {
		return nil, nil, errors.Join(err, c.Close(), local.Close())
	}
	t := &transfer{
		c: c, shop: shop[0].Value, data: wire.NewDataClient(wire.DataOptions{}),
		one: wire.NewDataClient(wire.DataOptions{Streams: 1}), sums: wire.NewDataClient(wire.DataOptions{Checksums: true}),
	}
	var cases []harness.Case
	for _, n := range sizes {
		cases = append(cases, t.handover(n))
	}
	for _, n := range sizes[2:] {
		cases = append(cases, t.firstPass(n))
	}
	for _, n := range sizes[1:] {
		cases = append(cases, t.stream("stream", t.data, n), t.stream("one-stream", t.one, n), t.stream("checksums", t.sums, n))
	}
	cases = append(cases, t.small())
	return cases, func() error {
		t.data.Close()
		t.one.Close()
		t.sums.Close()
		return errors.Join(c.Close(), local.Close())
	}, nil
}

// A transfer is what the cases share.
type transfer struct {
	c    *client.Client
	shop shop
	data *wire.DataClient // as workers have it
	one  *wire.DataClient // with one connection
	sums *wire.DataClient // with checksums
}

// sized writes a size as people do.
func sized(n int) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%dGiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%dMiB", n>>20)
	}
	return fmt.Sprintf("%dKiB", n>>10)
}

// handover is from the submission of a function that takes a value which another
// worker has made, and looks at its length, to its result.
func (t *transfer) handover(n int) harness.Case {
	src, dst := make([]byte, 0), make([]byte, 0)
	return harness.Case{
		Name: "handover/" + sized(n), Metric: "ms", Better: harness.Lower, Value: milliseconds,
		Ours: func(ctx context.Context, _ harness.Call) (s harness.Sample, err error) {
			f, err := t.made(ctx, n, giver)
			if err != nil {
				return s, err
			}
			defer f.Release()
			start := time.Now()
			l, err := client.Then(ctx, lengthOf, f, client.Workers(taker), client.Impure())
			if err != nil {
				return s, err
			}
			defer l.Release()
			length, err := l.Result(ctx)
			s.Seconds, s.Answer = time.Since(start).Seconds(), harness.Answer{"bytes": float64(length)}
			return s, err
		},
		Peers: []harness.Peer{
			&harness.Func{PeerName: "memcpy", PeerVersion: "Go's copy", Do: func(context.Context, *harness.Case, harness.Call) (harness.Sample, error) {
				if len(src) != n {
					src, dst = make([]byte, n), make([]byte, n)
					copy(src, "not zero pages that the kernel shares")
					copy(dst, src)
				}
				start := time.Now()
				copied := copy(dst, src)
				return harness.Sample{Seconds: time.Since(start).Seconds(), Answer: harness.Answer{"bytes": float64(copied)}}, nil
			}},
			t.tcp(n),
		},
	}
}

// made is a value of n bytes that a worker has made.
func (t *transfer) made(ctx context.Context, n int, worker string) (*client.Future[*kernels.Block], error) {
	f, err := client.Submit(ctx, t.c, filled, n, client.Workers(worker), client.Impure())
	if err != nil {
		return nil, err
	}
	if err := f.Wait(ctx); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}

// firstPass is the rate at which a worker sums a value the first time that it
// sees it; the peer is a worker that has made it itself.
func (t *transfer) firstPass(n int) harness.Case {
	from := func(worker string) func(context.Context) (harness.Sample, error) {
		return func(ctx context.Context) (s harness.Sample, err error) {
			f, err := t.made(ctx, n, worker)
			if err != nil {
				return s, err
			}
			defer f.Release()
			p, err := client.Then(ctx, summed, f, client.Workers(taker), client.Impure())
			if err != nil {
				return s, err
			}
			defer p.Release()
			r, err := p.Result(ctx)
			return harness.Sample{Seconds: r.Seconds, Answer: harness.Answer{"sum": r.Sum}}, err
		}
	}
	ours, own := from(giver), from(taker)
	return harness.Case{
		Name: "first-pass/" + sized(n), Metric: "GB/s", Better: harness.Higher, Value: rateOf(n),
		Ours: func(ctx context.Context, _ harness.Call) (harness.Sample, error) { return ours(ctx) },
		Peers: []harness.Peer{&harness.Func{PeerName: "own memory", PeerVersion: "the same worker's",
			Do: func(ctx context.Context, _ *harness.Case, _ harness.Call) (harness.Sample, error) { return own(ctx) }}},
	}
}

func rateOf(n int) func(float64) float64 {
	return func(seconds float64) float64 { return float64(n) / seconds / 1e9 }
}

// stream fetches a value of n bytes from another process as from another host.
func (t *transfer) stream(name string, data *wire.DataClient, n int) harness.Case {
	return harness.Case{
		Name: name + "/" + sized(n), Metric: "GB/s", Better: harness.Higher, Value: rateOf(n),
		Ours: func(ctx context.Context, _ harness.Call) (s harness.Sample, err error) {
			landing.AllocateDirty(n)
			start := time.Now()
			as, err := data.Fetch(ctx, t.shop.Data, []wire.Item{{Task: graph.TaskID(n), Part: -1}}, landing)
			s.Seconds = time.Since(start).Seconds()
			if err == nil {
				err = as[0].Err
			}
			if err != nil {
				return s, err
			}
			s.Answer = harness.Answer{"bytes": float64(8 * as[0].Value.(*kernels.Block).Size())}
			as[0].Value.Release()
			return s, nil
		},
		Peers: []harness.Peer{t.tcp(n)},
	}
}

// tcp is the peer that reads n bytes from the giver's socket into memory like
// that of a fetched value.
func (t *transfer) tcp(n int) harness.Peer {
	return &harness.Func{PeerName: "tcp", PeerVersion: "loopback, one connection", Do: func(ctx context.Context, _ *harness.Case, _ harness.Call) (harness.Sample, error) {
		landing.AllocateDirty(n)
		start := time.Now()
		got, err := readRaw(ctx, t.shop.Raw, n)
		return harness.Sample{Seconds: time.Since(start).Seconds(), Answer: harness.Answer{"bytes": float64(got)}}, err
	}}
}

// small fetches many values of 1 KiB.
func (t *transfer) small() harness.Case {
	return harness.Case{
		Name: fmt.Sprintf("small/n=%d", smallValues), Metric: "values/s", Better: harness.Higher,
		Value: func(seconds float64) float64 { return smallValues / seconds },
		Ours: func(ctx context.Context, _ harness.Call) (s harness.Sample, err error) {
			items := make([]wire.Item, 0, smallBatch)
			sum, start := 0.0, time.Now()
			for next := range smallValues {
				items = append(items, wire.Item{Task: graph.TaskID(next), Part: -1})
				if len(items) < smallBatch && next < smallValues-1 {
					continue
				}
				as, err := t.data.Fetch(ctx, t.shop.Small, items, kernels.DefaultAllocator())
				if err != nil {
					return s, err
				}
				for _, a := range as {
					if a.Err != nil {
						return s, a.Err
					}
					sum += float64(len(a.Value.(graph.Raw)))
					a.Value.Release()
				}
				items = items[:0]
			}
			return harness.Sample{Seconds: time.Since(start).Seconds(), Answer: harness.Answer{"bytes": sum}}, nil
		},
	}
}
