package suite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
	"github.com/ashlar-go/ashlar/worker/store/spill"
)

// spillCases write values to disk and read them back, as a worker does, beside a
// plain loop of writing and reading with the same sizes.
func spillCases(cfg harness.Config, block int) ([]harness.Case, error) {
	values := 1 << 30 / block
	if cfg.Quick {
		values = 128 << 20 / block
	}
	data := make([]byte, block)
	r := rand.NewChaCha8([32]byte{1})
	if _, err := r.Read(data); err != nil {
		return nil, err
	}
	total := float64(values) * float64(block) / 1e9
	sum := harness.Answer{"bytes": float64(values) * float64(block)}
	return []harness.Case{{
		Name: fmt.Sprintf("spill/%dx%s", values, sized(block)), Metric: "GB/s there and back", Better: harness.Higher,
		Value: func(s float64) float64 { return 2 * total / s },
		Ours: func(context.Context, harness.Call) (harness.Sample, error) {
			s, err := spillAndRead(cfg.Dir, data, values)
			return harness.Sample{Seconds: s, Answer: sum}, err
		},
		Peers: []harness.Peer{&harness.Func{PeerName: "write+read", PeerVersion: "one file, the same sizes",
			Do: func(context.Context, *harness.Case, harness.Call) (harness.Sample, error) {
				s, err := writeAndRead(cfg.Dir, data, values)
				return harness.Sample{Seconds: s, Answer: sum}, err
			}}},
	}}, nil
}

// spillAndRead takes the time of writing values and of touching each page of
// them mapped back.
func spillAndRead(dir string, data []byte, values int) (seconds float64, err error) {
	f, err := spill.Create(dir)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	start := time.Now()
	xs := make([]*spill.Extent, values)
	for i := range xs {
		if xs[i], err = f.Write(data); err != nil {
			return 0, err
		}
		defer xs[i].Release()
	}
	for _, x := range xs {
		b, done, err := x.Section(0).Map()
		if err != nil {
			return 0, err
		}
		for at := 0; at < len(b); at += 4096 {
			if b[at] != data[at] {
				return 0, fmt.Errorf("bench: other bytes came back from disk")
			}
		}
		done()
	}
	return time.Since(start).Seconds(), nil
}

// writeAndRead is what dd does, twice: blocks into a file, and out of it.
func writeAndRead(dir string, data []byte, values int) (seconds float64, err error) {
	f, err := os.Create(filepath.Join(dir, "plain"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	start := time.Now()
	for i := range values {
		if _, err := f.WriteAt(data, int64(i)*int64(len(data))); err != nil {
			return 0, err
		}
	}
	back := make([]byte, len(data))
	for i := range values {
		if _, err := f.ReadAt(back, int64(i)*int64(len(data))); err != nil {
			return 0, err
		}
		if back[0] != data[0] || back[len(back)-1] != data[len(data)-1] {
			return 0, fmt.Errorf("bench: other bytes came back from disk")
		}
	}
	return time.Since(start).Seconds(), nil
}
