//go:build unix

package cluster_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/cluster"
)

// halt stops the process of a worker, and returns when it has stopped: the
// system stops its threads one after the other, when they next run, and on a
// busy machine the others do a lot until then.
func halt(t *testing.T, cl *cluster.Cluster, worker int) {
	t.Helper()
	if err := cl.Signal(worker, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); !halted(cl.Worker(worker).Pid); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("worker %d does not stop", worker)
		}
	}
}

// halted reports whether all threads of a process are stopped; where the system
// does not say, that is taken for granted after a while.
func halted(pid int) bool {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil || len(threads) == 0 {
		time.Sleep(200 * time.Millisecond)
		return true
	}
	for _, th := range threads {
		stat, err := os.ReadFile(th)
		if err != nil {
			return false // it has just ended
		}
		name := strings.LastIndex(string(stat), ") ")
		if name < 0 || stat[name+2] != 'T' {
			return false
		}
	}
	return true
}
