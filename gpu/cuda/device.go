//go:build cuda && cgo && linux && (amd64 || arm64)

package cuda

import (
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/ashlar-go/ashlar/gpu/device"
	"gorgonia.org/cu"
)

// Device is a CUDA device, open. It implements device.Device.
type Device struct {
	info    device.Info
	dev     cu.Device
	ctx     cu.CUContext
	module  cu.Module
	kernels map[string]cu.Function
	account *device.Account
	blas    *library // nil: own kernels
	device.Counters
	pinned device.Pinned

	mu     sync.Mutex
	failed error // sticky, once the device refuses work
}

// Open opens the device with an ordinal of List.
func Open(ordinal int, o Options) (device.Device, error) {
	infos, err := List()
	if err != nil {
		return nil, err
	}
	if ordinal < 0 || ordinal >= len(infos) {
		return nil, fmt.Errorf("gpu: no device %d: %d are visible (see CUDA_VISIBLE_DEVICES)", ordinal, len(infos))
	}
	d := &Device{info: infos[ordinal], kernels: map[string]cu.Function{}}
	if d.dev, err = cu.GetDevice(ordinal); err != nil {
		return nil, d.explain("open", err)
	}
	if d.ctx, err = d.dev.RetainPrimaryCtx(); err != nil {
		return nil, d.explain("open", err)
	}
	if err := d.do("open", func() error { return d.load(o) }); err != nil {
		return nil, errors.Join(err, d.dev.ReleasePrimaryCtx())
	}
	return d, nil
}

// load brings the kernels to the device and sets the limit.
func (d *Device) load(o Options) (err error) {
	if d.module, err = cu.LoadData(kernelPTX); err != nil {
		return fmt.Errorf("kernels for compute capability 7.0 do not load on %s: %w", d.info.Arch, err)
	}
	for _, name := range device.Kernels {
		if d.kernels[name], err = d.module.Function(name); err != nil {
			return fmt.Errorf("kernel %s: %w", name, err)
		}
	}
	free, _, err := cu.MemInfo()
	if err != nil {
		return err
	}
	if o.Limit <= 0 {
		o.Limit = free / 10 * 9
	}
	d.account = device.NewAccount(o.Limit)
	d.blas, d.info.Products, err = openLibrary(o)
	d.info.TF32 = o.TF32
	return err
}

// do runs f on a thread that has the device's context, and explains its error.
func (d *Device) do(what string, f func() error) error {
	d.mu.Lock()
	failed := d.failed
	d.mu.Unlock()
	if failed != nil {
		return failed
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cu.SetCurrentContext(d.ctx)
	if err == nil {
		err = f()
	}
	return d.explain(what, err)
}

// Info implements device.Device.
func (d *Device) Info() device.Info { return d.info }

// Memory implements device.Device.
func (d *Device) Memory() (device.Memory, error) {
	m := d.account.Memory()
	err := d.do("memory", func() (err error) {
		m.Free, m.Total, err = cu.MemInfo()
		return err
	})
	return m, err
}

// Alloc implements device.Device.
func (d *Device) Alloc(bytes int64) (device.Ptr, error) {
	if bytes == 0 {
		return 0, nil
	}
	if bytes < 0 || !d.account.Reserve(bytes) {
		return 0, device.OutOfMemory(d.info, d.account.Memory(), bytes)
	}
	var p cu.DevicePtr
	err := d.do("alloc", func() (err error) {
		p, err = cu.MemAlloc(bytes)
		return err
	})
	if err != nil {
		d.account.Unreserve(bytes)
		if errors.Is(err, cu.OutOfMemory) {
			err = device.OutOfMemory(d.info, d.account.Memory(), bytes)
		}
		return 0, err
	}
	d.account.Opened(device.Ptr(p), bytes)
	return device.Ptr(p), nil
}

// Free implements device.Device. It waits for the stream: lanes free memory
// when nothing runs.
func (d *Device) Free(p device.Ptr, after device.Stream) {
	// The address may be another's as soon as it is free.
	bytes := d.account.Closing(p)
	defer d.account.Unreserve(bytes)
	if after.Synchronize() != nil {
		return // the device is failed: its memory went with its context
	}
	_ = d.do("free", func() error { return cu.MemFree(cu.DevicePtr(p)) }) // do keeps a failure
}

// Close implements device.Device.
func (d *Device) Close() error {
	unload := d.do("close", func() error { return d.module.Unload() })
	if errors.Is(unload, device.ErrLost) || errors.Is(unload, device.ErrLaunch) || errors.Is(unload, device.ErrAddress) {
		unload = nil // reported when it happened
	}
	err := errors.Join(d.account.Leak(), d.pinned.Leak(), unload, d.dev.ReleasePrimaryCtx())
	if d.blas != nil {
		d.blas.close()
	}
	return err
}
