package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/gpu/check"
	"github.com/peterbourgon/ff/v3/ffcli"
)

// gpuFlags are the flags of ashlar gpu.
type gpuFlags struct {
	fake    bool
	list    bool
	quiet   bool
	limit   *int64
	copied  *int64
	product int
	cublas  string
	tf32    bool
}

func gpuCommand() *ffcli.Command {
	fs := flag.NewFlagSet("ashlar gpu", flag.ContinueOnError)
	f := &gpuFlags{}
	fs.BoolVar(&f.fake, "fake", false, "take the device in host memory that tests use; what it measures says nothing")
	fs.BoolVar(&f.list, "list", false, "only list the devices")
	fs.BoolVar(&f.quiet, "quiet", false, "print of the checks only those that fail")
	f.limit = sizeFlag(fs, "limit", 0, "device memory that may be in use; 0 is nine tenths of what is free")
	f.copied = sizeFlag(fs, "copy", 256<<20, "how much is copied to measure the bus")
	fs.IntVar(&f.product, "gemm", 4096, "`rows` of the matrices that are multiplied to measure the device")
	fs.StringVar(&f.cublas, "cublas", "", "`path` of the cuBLAS that multiplies matrices; default libcublas.so.13, 12 or 11, where there is one; none is without")
	fs.BoolVar(&f.tf32, "tf32", false, "let cuBLAS round the factors of float32 products to TF32, and allow for that in the checks")
	return &ffcli.Command{
		Name:       "gpu",
		ShortUsage: "ashlar gpu [flags]",
		ShortHelp:  "List the GPUs of this machine, compare each of their kernels with the CPU's, and measure copies and products.",
		FlagSet:    fs,
		Exec: func(ctx context.Context, args []string) error {
			if err := noArgs(args); err != nil {
				return err
			}
			return f.run(ctx, os.Stdout)
		},
	}
}

func (f *gpuFlags) run(ctx context.Context, w io.Writer) (err error) {
	if *f.copied < 8 || *f.copied%8 != 0 || f.product < 1 {
		return errors.New("gpu: -copy is a multiple of 8 bytes, and -gemm 1 or more")
	}
	lanes, err := f.open()
	if err != nil {
		return err
	}
	defer func() {
		for _, l := range lanes {
			err = errors.Join(err, l.Close())
		}
	}()
	if len(lanes) == 0 {
		return errors.New("there is a CUDA driver and no device that this process may use; is CUDA_VISIBLE_DEVICES empty?")
	}
	failed := 0
	for _, l := range lanes {
		n, err := f.device(ctx, w, l)
		if err != nil {
			return fmt.Errorf("%s: %w", l.Name(), err)
		}
		failed += n
	}
	if failed > 0 {
		return fmt.Errorf("%d checks failed: do not use this device", failed)
	}
	return nil
}

func (f *gpuFlags) open() ([]*gpu.Lane, error) {
	if !f.fake {
		lanes, err := gpu.Open(gpu.Options{Limit: *f.limit, CuBLAS: f.cublas, TF32: f.tf32})
		if errors.Is(err, gpu.ErrNoDriver) {
			err = fmt.Errorf("%w (to see what a device would show: ashlar gpu -fake -gemm 256)", err)
		}
		return lanes, err
	}
	l, err := gpu.NewLane(gpu.Fake(gpu.FakeOptions{Memory: max(*f.limit, 1<<30)}))
	return []*gpu.Lane{l}, err
}

// device prints one device and what was found of it, and returns how many checks
// failed.
func (f *gpuFlags) device(ctx context.Context, w io.Writer, l *gpu.Lane) (failed int, err error) {
	in := l.Device().Info()
	m, err := l.Device().Memory()
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(w, "%s  %s  %s  %s, %s free, %s may be used\n", l.Name(), in.Name, in.Arch, gib(m.Total), gib(m.Free), gib(m.Limit))
	if in.UUID != "" {
		fmt.Fprintf(w, "      %s\n", in.UUID)
	}
	fmt.Fprintf(w, "      products: %s\n", in.Products)
	if f.list {
		return 0, nil
	}
	passed := 0
	for _, r := range check.Ops(ctx, l) {
		switch {
		case r.Err != nil:
			failed++
			fmt.Fprintf(w, "  FAIL  %s: %v\n", r.Name, r.Err)
		case !f.quiet:
			fmt.Fprintf(w, "  ok    %s\n", r.Name)
			fallthrough
		default:
			passed++
		}
	}
	rates, err := check.Measure(ctx, l, int(*f.copied), f.product)
	if err != nil {
		return failed, err
	}
	fmt.Fprintf(w, "  copies of %s: %.1f GB/s to the device, %.1f GB/s back\n", gib(*f.copied), rates.In/1e9, rates.Out/1e9)
	fmt.Fprintf(w, "  products of %d×%d: %.4g GFLOP/s float64, %.4g float32\n", f.product, f.product, rates.Gemm64/1e9, rates.Gemm32/1e9)
	p, err := l.Rates(ctx)
	if err != nil {
		return failed, err
	}
	fmt.Fprintf(w, "  for a choice by cost: the device %v; a CPU thread %v; copies %.3g GB/s in, %.3g out\n", p.GPU, p.CPU, p.In/1e9, p.Out/1e9)
	fmt.Fprintf(w, "%d passed, %d failed\n", passed, failed)
	return failed, nil
}

// gib shows bytes for people.
func gib(bytes int64) string {
	if bytes < 1<<30 {
		return fmt.Sprintf("%.0f MiB", float64(bytes)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
}
