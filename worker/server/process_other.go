//go:build !linux

package server

import "runtime"

// processMemory returns how much memory Go has from the system now, for want of
// a way to ask the system. It does not know the most it ever was.
func processMemory() (r resident) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r.own = int64(m.Sys - m.HeapReleased)
	r.all = r.own
	return r
}
