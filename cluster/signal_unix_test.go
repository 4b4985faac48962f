//go:build unix

package cluster_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/sched/server"
)

// TestCase18HungWorker: a worker that hangs is declared lost, its work is done
// elsewhere, and when it wakes it starts afresh under another id.
func TestCase18HungWorker(t *testing.T) {
	o := server.Options{Heartbeat: 50 * time.Millisecond, WorkerTimeout: 500 * time.Millisecond}
	cl, c, ctx := processes(t, cluster.Scheduler(o))
	ids := func() map[string]uint32 {
		in, err := c.Info(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]uint32{}
		for _, w := range in.Workers {
			m[w.Name] = w.ID
		}
		return m
	}
	before := ids()
	halt(t, cl, 0)
	args := make([]int, 40)
	want := 0
	for i := range args {
		args[i] = i
		want += i
	}
	fs, err := client.Map(ctx, c, nap, args)
	if err != nil {
		t.Fatal(err)
	}
	vs, err := client.Gather(ctx, fs...)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vs {
		want -= v
	}
	if want != 0 {
		t.Errorf("the sum is off by %d", want)
	}
	if err := cl.Signal(0, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := c.WaitForWorkers(ctx, 2); err != nil {
		t.Fatal(err)
	}
	if after := ids(); after["worker-0"] == before["worker-0"] || after["worker-1"] != before["worker-1"] {
		t.Errorf("ids before %v, after %v", before, after)
	}
}

// TestNoOrphans: workers die with the program that started them, even if it is
// killed and they are stopped.
func TestNoOrphans(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), doomed+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var pids [2]int
	if _, err := fmt.Sscan(line, &pids[0], &pids[1]); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	if err := syscall.Kill(pids[0], syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	for _, pid := range pids {
		deadline := time.Now().Add(10 * time.Second)
		for alive(pid) {
			if time.Now().After(deadline) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
				t.Fatalf("worker process %d outlives its parent", pid)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// alive reports whether a process runs; one that is dead and not yet reaped
// does not.
func alive(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return !errors.Is(err, os.ErrNotExist)
	}
	var id int
	var name, state string
	if _, err := fmt.Sscan(string(stat), &id, &name, &state); err != nil {
		return true
	}
	return state != "Z"
}
