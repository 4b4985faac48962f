package outofcore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
)

// A Rig is worker processes of one thread with a memory limit each, and a client
// of theirs. The program calls cluster.Init.
type Rig struct {
	*client.Client
	local *cluster.Cluster
	limit int64
}

// Start starts so many workers that may have limit bytes each.
func Start(ctx context.Context, workers int, limit int64, opts ...cluster.Option) (*Rig, error) {
	opts = append([]cluster.Option{cluster.Processes(), cluster.Workers(workers), cluster.Threads(1), cluster.Memory(limit)}, opts...)
	local, err := cluster.Local(ctx, opts...)
	if err != nil {
		return nil, err
	}
	c, err := local.Client(ctx)
	if err != nil {
		return nil, errors.Join(err, local.Close())
	}
	return &Rig{c, local, limit}, nil
}

// Close ends everything.
func (r *Rig) Close() error { return errors.Join(r.Client.Close(), r.local.Close()) }

// Limit is what each worker may have, in bytes, and Memory what all may.
func (r *Rig) Limit() int64  { return r.limit }
func (r *Rig) Memory() int64 { return r.limit * int64(r.local.Size()) }

// Peaks returns the most bytes that each worker process has had resident since
// the last ResetPeaks, as the kernel counts.
func (r *Rig) Peaks() ([]int64, error) {
	peaks := make([]int64, r.local.Size())
	for i := range peaks {
		var err error
		if peaks[i], err = peakOf(r.local.Worker(i).Pid); err != nil {
			return nil, fmt.Errorf("outofcore: %s: %w", r.local.Worker(i).Name, err)
		}
	}
	return peaks, nil
}

// Peak is the largest of Peaks.
func (r *Rig) Peak() (int64, error) {
	peaks, err := r.Peaks()
	if err != nil {
		return 0, err
	}
	return slices.Max(peaks), nil
}

// ResetPeaks sets the high-water marks to what is resident now.
func (r *Rig) ResetPeaks() error {
	for i := range r.local.Size() {
		if err := resetPeakOf(r.local.Worker(i).Pid); err != nil {
			return fmt.Errorf("outofcore: %s: %w", r.local.Worker(i).Name, err)
		}
	}
	return nil
}

// Spilled returns how many bytes the workers have on disk now.
func (r *Rig) Spilled(ctx context.Context) (n int64, err error) {
	info, err := r.Info(ctx)
	if err != nil {
		return 0, err
	}
	for _, w := range info.Workers {
		n += w.Spilled
	}
	return n, nil
}
