package demo

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"github.com/ashlar-go/ashlar/array"
	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/graph"
	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mat"
)

// where returns the process that runs it.
var where = graph.NewFunc("demo.where", func(context.Context, int) (int, error) { return os.Getpid(), nil })

// restricted runs a product on the workers that have the resource GPU, and
// checks that what is restricted ran nowhere else.
func (s *session) restricted() error {
	s.section("Restricted to the resource GPU")
	if s.cfg.Device == "" {
		return fmt.Errorf("no worker has the resource GPU; start one with -resources GPU=1")
	}
	s.line("  the device is %s", s.cfg.Device)
	before, err := s.holders()
	if err != nil {
		return err
	}
	g := array.Random(s.cfg.Seed + 1)
	shape, chunk := []int{768, 768}, array.ChunkShape(256, 256)
	a, b := g.Uniform(shape, chunk), g.Normal(0, 1, shape, chunk)
	ad, err := a.Dense(s.ctx, s.runner)
	if err != nil {
		return err
	}
	bd, err := b.Dense(s.ctx, s.runner)
	if err != nil {
		return err
	}
	onGPU := array.MatMul(a, b).With(array.OnGPU())
	if err := s.compare("matmul 768 on the GPU worker", 1e-12, onGPU, func() mat.Matrix {
		var c mat.Dense
		c.Mul(ad, bd)
		return &c
	}); err != nil {
		return err
	}
	fs, err := client.Map(s.ctx, s.cfg.Client, where, numbers(64), client.Resources("GPU=1"))
	if err != nil {
		return err
	}
	pids, err := client.Gather(s.ctx, fs...)
	if err != nil {
		return err
	}
	after, err := s.holders()
	if err != nil {
		return err
	}
	elsewhere := 0
	for _, pid := range pids {
		if !slices.Contains(before, pid) && !slices.Contains(after, pid) {
			elsewhere++
		}
	}
	s.holds("64 restricted tasks ran where the GPU is", elsewhere == 0, fmt.Sprintf("%d of 64 elsewhere", elsewhere))
	return nil
}

// holders returns the processes of the workers that have the resource GPU.
func (s *session) holders() ([]int, error) {
	info, err := s.cfg.Client.Info(s.ctx)
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, w := range info.Workers {
		if w.Resources.Milli(graph.GPU) > 0 {
			pids = append(pids, w.Pid)
		}
	}
	return pids, nil
}

func numbers(n int) []int {
	xs := make([]int, n)
	for i := range xs {
		xs[i] = i
	}
	return xs
}

// A piece is a part of an integral.
type piece struct{ From, To float64 }

// integral and total are the functions of the demo's own.
var (
	integral = graph.NewFunc("demo.integral", func(_ context.Context, p piece) (float64, error) {
		return quad.Fixed(bell, p.From, p.To, 40, nil, 0), nil
	})
	total = graph.NewFunc("demo.total", func(_ context.Context, xs []float64) (float64, error) { return sum(xs), nil })
)

func bell(x float64) float64 { return math.Exp(-x*x) * math.Cos(3*x) }

// futures integrates a function in pieces: submitted, mapped and collected.
func (s *session) futures() error {
	s.section("A function of one's own, through futures")
	const pieces = 200
	var args []piece
	for i := range pieces {
		args = append(args, piece{-5 + 10*float64(i)/pieces, -5 + 10*float64(i+1)/pieces})
	}
	start := time.Now()
	fs, err := client.Map(s.ctx, s.cfg.Client, integral, args)
	if err != nil {
		return err
	}
	f, err := client.Collect(s.ctx, s.cfg.Client, total, fs)
	if err != nil {
		return err
	}
	got, err := f.Result(s.ctx)
	if err != nil {
		return err
	}
	t := timing{ashlar: time.Since(start)}
	start = time.Now()
	want := quad.Fixed(bell, -5, 5, 400, nil, 0)
	t.gonum = time.Since(start)
	s.check(fmt.Sprintf("integral in %d mapped calls", pieces), math.Abs(got-want)/math.Abs(want), 1e-12, t)
	one, err := client.Submit(s.ctx, s.cfg.Client, integral, piece{-5, 5})
	if err != nil {
		return err
	}
	again, err := one.Result(s.ctx)
	if err != nil {
		return err
	}
	s.check("the same in one submitted call", math.Abs(again-want)/math.Abs(want), 1e-6, timing{})
	return nil
}
