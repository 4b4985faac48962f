package main

import (
	"bufio"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// startLine starts a command and returns what follows prefix in its first line.
func startLine(t *testing.T, prefix string, args ...string) (*exec.Cmd, string) {
	t.Helper()
	c := ashlar(args...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, prefix) {
		t.Fatalf("ashlar %v printed %q, %v", args, line, err)
	}
	return c, strings.TrimSpace(strings.TrimPrefix(line, prefix))
}

// TestFlightByHand: the service listens where it says, ends on Ctrl-C, and says so
// when its scheduler is gone.
func TestFlightByHand(t *testing.T) {
	s, scheduler := startLine(t, "scheduler at ", "scheduler", "-listen", "127.0.0.1:0")
	f, address := startLine(t, "flight at ", "flight", scheduler, "-listen", "127.0.0.1:0")
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	endByHand(t, "service", f)

	left, _ := startLine(t, "flight at ", "flight", scheduler, "-listen", "127.0.0.1:0", "-quiet")
	endByHand(t, "scheduler", s)
	ended := make(chan error)
	go func() { ended <- left.Wait() }()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the service ended well without its scheduler")
		}
	case <-time.After(15 * time.Second):
		t.Error("the service goes on without its scheduler")
	}
}
