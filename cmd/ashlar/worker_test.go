package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
)

// aScheduler starts a scheduler process, and returns its address and an observer.
func aScheduler(t *testing.T) (string, *client.Client, context.Context) {
	t.Helper()
	s := ashlar("scheduler", "-listen", "127.0.0.1:0", "-quiet")
	out, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Process.Kill(); _ = s.Wait() }) // it was killed
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(strings.TrimPrefix(line, "scheduler at "))
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	t.Cleanup(cancel)
	c, err := client.Connect(ctx, address, client.Observer())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return address, c, ctx
}

func workers(t *testing.T, c *client.Client, ctx context.Context, what string, ok func([]client.WorkerInfo) bool) []client.WorkerInfo {
	t.Helper()
	for {
		in, err := c.Info(ctx)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if ok(in.Workers) {
			return in.Workers
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestNanny: one command keeps several worker processes running; one that is
// killed is replaced, and SIGTERM drains all of them and ends in success.
func TestNanny(t *testing.T) {
	address, c, ctx := aScheduler(t)
	w := ashlar("worker", address, "-name", "nan", "-workers", "2", "-threads", "1", "-memory", "64MiB", "-quiet")
	w.Stderr = os.Stderr
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Process.Kill() }()
	ws := workers(t, c, ctx, "start", func(ws []client.WorkerInfo) bool { return len(ws) == 2 })
	names := ws[0].Name + " " + ws[1].Name
	if names != "nan-0 nan-1" && names != "nan-1 nan-0" || ws[0].Threads != 1 || ws[0].Memory != 64<<20 || ws[0].Pid == w.Process.Pid {
		t.Errorf("workers %+v", ws)
	}
	old := ws[0].Pid
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	workers(t, c, ctx, "another", func(ws []client.WorkerInfo) bool {
		return len(ws) == 2 && ws[0].Pid != old && ws[1].Pid != old
	})
	end(t, w, syscall.SIGTERM)
	workers(t, c, ctx, "end", func(ws []client.WorkerInfo) bool { return len(ws) == 0 })
}

// end sends a signal and fails the test unless the process ends well.
func end(t *testing.T, p *exec.Cmd, s os.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("%v ended it with %v", s, err)
		}
	case <-time.After(15 * time.Second):
		_ = p.Process.Signal(syscall.SIGQUIT)
		t.Fatalf("it does not end on %v", s)
	}
}

// TestWithoutNanny: the worker is the process itself, and SIGTERM drains it.
func TestWithoutNanny(t *testing.T) {
	address, c, ctx := aScheduler(t)
	w := ashlar("worker", address, "-nanny=false", "-threads", "1", "-memory", "0", "-quiet")
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Process.Kill() }()
	ws := workers(t, c, ctx, "start", func(ws []client.WorkerInfo) bool { return len(ws) == 1 })
	if ws[0].Pid != w.Process.Pid {
		t.Errorf("it runs as %d, not %d", ws[0].Pid, w.Process.Pid)
	}
	end(t, w, syscall.SIGTERM)
	workers(t, c, ctx, "end", func(ws []client.WorkerInfo) bool { return len(ws) == 0 })
}

func TestWorkerMistakes(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-workers", "2", "-nanny=false"}, "want the nanny"},
		{[]string{"-lifetime", "1h", "-nanny=false"}, "want the nanny"},
		{[]string{"-workers", "2", "-listen", "127.0.0.1:7000"}, "port 7000"},
		{[]string{"-lifetime", "1m", "-lifetime-stagger", "2m"}, "less than the lifetime"},
		{[]string{"-workers", "0"}, "at least 1"},
		{[]string{"-grace", "-1s"}, "grace -1s"},
	} {
		if out := failure(t, append([]string{"worker", "127.0.0.1:1"}, c.args...)...); !strings.Contains(out, c.want) {
			t.Errorf("%v must say %q:\n%s", c.args, c.want, out)
		}
	}
}
