package suite

import (
	"runtime/debug"

	"github.com/ashlar-go/ashlar/bench/internal/harness"
)

// All returns the suites in the order in which they are listed.
func All() []harness.Suite {
	return []harness.Suite{Sched(), Tasks(), TaskBench(), Gemm(), Vector(), Linalg(), GroupBy(), Join(), Scan(), Transfer(), OutOfCore()}
}

// moduleVersion is the version of a module that this program is built with.
func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return "unknown"
}
