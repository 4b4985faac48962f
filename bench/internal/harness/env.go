package harness

import (
	"runtime"

	"github.com/klauspost/cpuid/v2"
)

// Env is the machine that a row was measured on.
type Env struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"` // that this process may use
	Go    string `json:"go"`
}

// ThisMachine describes the machine that it runs on.
func ThisMachine() Env {
	return Env{CPU: cpuid.CPU.BrandName, Cores: runtime.NumCPU(), Go: runtime.Version()}
}
