package cluster

import (
	"os"
	"runtime"
)

// spare is how much garbage a process may pile up at least before Go collects
// it, in bytes.
const spare int64 = 64 << 20

// CollectLess makes Go's collector wait until there are 64 MiB of garbage, and
// returns how to undo it. A worker or a scheduler that has little in memory
// would be collected hundreds of times a second, which took a fifth of its
// processor time with tiny tasks. The environment variable GOGC, if set, has
// the say. It is for programs that are little but a worker or a scheduler;
// [Local] with [Processes], and the worker processes that this package starts, do
// it by themselves.
func CollectLess() (undo func()) { return collectLess(spare) }

func collectLess(spare int64) (undo func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	// The collector lets the heap grow to twice what is alive. This is alive,
	// and takes no memory, because nobody touches it.
	ballast := make([]byte, spare)
	return func() { runtime.KeepAlive(&ballast[0]) }
}
