package server

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ashlar-go/ashlar/gpu"
	"github.com/ashlar-go/ashlar/graph"
)

// What Options.GPU can be.
const (
	GPUNone = "none" // no device, whatever there is
	GPUAuto = "auto" // the CUDA devices there are, if any; also "auto,cublas=PATH", "auto,cublas=none", "auto,tf32", see gpu.Options
	GPUFake = "fake" // one device in host memory, for trying things out
)

// openLanes opens the devices of a mode.
func openLanes(mode string) ([]*gpu.Lane, error) {
	mode, more, _ := strings.Cut(mode, ",")
	o, err := deviceOptions(more)
	switch {
	case err != nil:
		return nil, err
	case more != "" && mode != GPUAuto:
		return nil, fmt.Errorf("worker: GPU mode %q takes no options, and has %q", mode, more)
	}
	switch mode {
	case "", GPUNone:
		return nil, nil
	case GPUAuto:
		lanes, err := gpu.Open(o)
		if errors.Is(err, gpu.ErrNoDriver) {
			return nil, nil
		}
		return lanes, err
	case GPUFake:
		l, err := gpu.NewLane(gpu.Fake(gpu.FakeOptions{Memory: 1 << 30}))
		if err != nil {
			return nil, err
		}
		return []*gpu.Lane{l}, nil
	}
	return nil, fmt.Errorf("worker: GPU mode %q is none of auto, fake and none", mode)
}

// deviceOptions reads what follows the mode auto.
func deviceOptions(list string) (o gpu.Options, err error) {
	for _, s := range strings.Split(list, ",") {
		k, v, has := strings.Cut(s, "=")
		switch {
		case s == "":
		case k == "cublas" && v != "":
			o.CuBLAS = v
		case k == "tf32" && !has:
			o.TF32 = true
		default:
			return o, fmt.Errorf("worker: GPU option %q is neither cublas=PATH, cublas=none nor tf32", s)
		}
	}
	return o, nil
}

// withDevices opens the devices that o asks for, and announces them as
// resource. close closes them; it says what was left on them.
func (o Options) withDevices() (_ Options, close func() error, err error) {
	before := processMemory().own
	lanes, err := openLanes(o.GPU)
	if err != nil {
		return o, nil, fmt.Errorf("worker: opening devices: %w", err)
	}
	if len(lanes) > 0 {
		o.deviceHost = max(0, processMemory().own-before)
	}
	if len(o.Lanes)+len(lanes) > 0 && o.Resources.Milli(graph.GPU) == 0 {
		o.Resources = append(slices.Clone(o.Resources), graph.Resource{Name: graph.GPU, Milli: 1000 * int64(len(o.Lanes)+len(lanes))})
		slices.SortFunc(o.Resources, func(a, b graph.Resource) int { return strings.Compare(a.Name, b.Name) })
	}
	if len(lanes) > 0 && o.Processors == (graph.Processors{}) && !isFake(lanes[0]) {
		if o.Processors, err = lanes[0].Rates(context.Background()); err != nil {
			return o, nil, errors.Join(fmt.Errorf("worker: %w", err), closeLanes(lanes))
		}
	}
	for _, l := range lanes {
		l.LimitHost(o.evicted() / int64(len(lanes)))
	}
	o.Lanes = append(slices.Clone(o.Lanes), lanes...)
	return o, func() error {
		for _, l := range lanes {
			if r := l.Residency(); r.Evictions > 0 {
				o.Log.Info("device memory was short", "device", l.Name(), "evictions", r.Evictions,
					"host peak bytes", r.HostPeak, "bytes brought back", r.BroughtBack)
			}
		}
		return closeLanes(lanes)
	}, nil
}

// isFake reports a device in host memory, whose speed says nothing.
func isFake(l *gpu.Lane) bool { return l.Device().Info().Arch == "fake" }

func closeLanes(lanes []*gpu.Lane) error {
	var errs []error
	for _, l := range lanes {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// evicted is how much host memory results may take that devices have no room
// for, in bytes: a quarter of the worker's. It is Go's, so that what such results
// take is not there for others; see heap.
func (o Options) evicted() int64 {
	if o.Memory == 0 {
		return math.MaxInt64
	}
	return o.Memory / 4
}

// deviceText says for people what the resource GPU is.
func (o Options) deviceText() string {
	if len(o.Lanes) == 0 {
		if o.Resources.Milli(graph.GPU) > 0 {
			return "a declared resource without a device"
		}
		return ""
	}
	var names []string
	for _, l := range o.Lanes {
		if in := l.Device().Info(); isFake(l) {
			names = append(names, "a fake device in host memory")
		} else {
			names = append(names, fmt.Sprintf("%s (%s, %d GiB, products by %s)", in.Name, in.Arch, in.Total>>30, in.Products))
		}
	}
	return strings.Join(names, ", ")
}
