package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// Exit statuses of a worker process.
const (
	exitFailed        = 1
	exitUsage         = 2
	exitSchedulerGone = 3
)

var errSchedulerGone = errors.New("the scheduler is gone")

// causeOfDeath says how a process ended: state and err are what Wait says, words
// the last words of the Go runtime in it, and kills how often the kernel has
// killed for want of memory meanwhile. It is nil if the process ended well.
func causeOfDeath(state *os.ProcessState, err error, words string, kills int64) error {
	var exit *exec.ExitError
	switch {
	case err == nil || errors.Is(err, exec.ErrWaitDelay) && state.Success():
		return nil
	case !errors.As(err, &exit):
		return err
	}
	switch {
	case strings.Contains(state.String(), "signal: killed") && kills > 0:
		return fmt.Errorf("%v, by the kernel, out of memory: give the worker a lower -memory, or its control group more", state)
	case strings.Contains(words, "out of memory"), strings.Contains(words, "cannot allocate memory"):
		return fmt.Errorf("%v, out of memory: %s", state, words)
	case state.ExitCode() == exitSchedulerGone:
		return fmt.Errorf("%w (%v)", errSchedulerGone, state)
	case words != "":
		return fmt.Errorf("%v: %s", state, words)
	}
	return errors.New(state.String())
}

// lastWords passes on what a process says on standard error, and remembers why
// it dies: the first line of a panic or of a fatal error.
type lastWords struct {
	out io.Writer

	mu    sync.Mutex
	line  []byte // so far
	words string
}

// maxLine bounds what is looked at of one line.
const maxLine = 512

func (w *lastWords) Write(p []byte) (int, error) {
	w.mu.Lock()
	for rest := p; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte{'\n'})
		w.line = append(w.line, line[:min(len(line), maxLine-len(w.line))]...)
		if ended {
			w.hear(string(w.line))
			w.line = w.line[:0]
		}
		rest = after
	}
	w.mu.Unlock()
	// Who cannot be told here is not to stop the worker.
	_, _ = w.out.Write(p)
	return len(p), nil
}

func (w *lastWords) hear(line string) {
	for _, start := range []string{"panic: ", "fatal error: ", "runtime: out of memory", "SIGSEGV", "SIGBUS", "SIGILL", "SIGABRT"} {
		if strings.HasPrefix(line, start) {
			w.words = line
			return
		}
	}
}

func (w *lastWords) last() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.words
}

// oomKills returns how many processes the kernel has killed for want of memory
// in the control group of this process; 0 if it does not say.
func oomKills() int64 {
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return 0
	}
	return oomKillsUnder("/sys/fs/cgroup", string(own))
}

// oomKillsUnder looks below root for the control groups that own, of the form of
// /proc/self/cgroup, names: of version 2, else of version 1. In a container the
// names may be those outside; then root itself is its group.
func oomKillsUnder(root, own string) int64 {
	var files []string
	for line := range strings.Lines(own) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		switch {
		case len(f) != 3:
		case f[0] == "0":
			files = append(files, filepath.Join(root, f[2], "memory.events"), filepath.Join(root, "memory.events"))
		case f[1] == "memory":
			files = append(files, filepath.Join(root, "memory", f[2], "memory.oom_control"), filepath.Join(root, "memory", "memory.oom_control"))
		}
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			if n, is := strings.CutPrefix(line, "oom_kill "); is {
				k, _ := strconv.ParseInt(strings.TrimSpace(n), 10, 64) // 0 if it is no number
				return k
			}
		}
	}
	return 0
}
