package server

import (
	"bytes"
	"os"
	"strconv"
)

// processMemory returns what memory this process has resident; zero if the
// kernel does not say.
func processMemory() (r resident) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return r
	}
	return resident{
		all: statusKiB(status, "VmRSS:"), peak: statusKiB(status, "VmHWM:"),
		own: statusKiB(status, "RssAnon:"), files: statusKiB(status, "RssFile:"),
	}
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
