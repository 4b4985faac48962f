package server

import (
	"bytes"
	"os"
	"strconv"
)

// processMemory returns how much memory this process has resident, and the most
// it ever had, in bytes; 0 if the kernel does not say.
func processMemory() (now, peak int64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0
	}
	return statusKiB(status, "VmRSS:"), statusKiB(status, "VmHWM:")
}

func statusKiB(status []byte, field string) int64 {
	_, rest, ok := bytes.Cut(status, []byte(field))
	if !ok {
		return 0
	}
	line, _, _ := bytes.Cut(rest, []byte("kB"))
	n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	if err != nil {
		return 0
	}
	return n << 10
}
