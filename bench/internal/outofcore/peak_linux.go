package outofcore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
)

// peakOf returns the high-water mark of what a process has resident, in bytes.
func peakOf(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, ok := bytes.Cut(status, []byte("VmHWM:"))
	line, _, _ := bytes.Cut(rest, []byte("kB"))
	n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	if !ok || err != nil {
		return 0, errors.Join(fmt.Errorf("the status of process %d has no VmHWM", pid), err)
	}
	return n << 10, nil
}

// resetPeakOf: see proc(5), clear_refs.
func resetPeakOf(pid int) error {
	return os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}
