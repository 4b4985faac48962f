//go:build unix

package cluster_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
	"github.com/ashlar-go/ashlar/cluster"
	"github.com/ashlar-go/ashlar/sched/server"
)

func init() { guestMain = beGuest }

// beGuest has a value, and says so; then it says the value whenever it is asked,
// until its input ends.
func beGuest(address string) {
	ctx := context.Background()
	c, err := client.Connect(ctx, address, client.Name("guest"), client.Reconnect(time.Minute))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	f, err := client.Submit(ctx, c, letters, 100_000)
	if err == nil {
		err = f.Wait(ctx)
	}
	fmt.Println("ready", err)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		v, err := f.Result(ctx)
		fmt.Println(len(v), err)
	}
	select {} // to be killed
}

// A guestProcess is a client that can be stopped and killed.
type guestProcess struct {
	t   *testing.T
	cmd *exec.Cmd
	in  *os.File
	out *bufio.Reader
}

func startGuest(t *testing.T, address string) *guestProcess {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), guestVariable+"="+address)
	cmd.Stderr = os.Stderr
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin = r
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.Close()
	g := &guestProcess{t, cmd, w, bufio.NewReader(out)}
	t.Cleanup(func() {
		w.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	g.says("ready <nil>")
	return g
}

func (g *guestProcess) says(want string) {
	g.t.Helper()
	line, err := g.out.ReadString('\n')
	if err != nil || strings.TrimSpace(line) != want {
		g.t.Fatalf("the client process says %q, %v, want %q", line, err, want)
	}
}

func (g *guestProcess) signal(s os.Signal) {
	g.t.Helper()
	if err := g.cmd.Process.Signal(s); err != nil {
		g.t.Fatal(err)
	}
}

// TestCase22ClientGone: a client process that comes back inside its lease still
// has its futures; those of one that does not are released when the lease ends.
func TestCase22ClientGone(t *testing.T) {
	o := server.Options{Heartbeat: 50 * time.Millisecond, WorkerTimeout: 500 * time.Millisecond, Lease: 3 * time.Second}
	var log record
	cl, c, _ := processes(t, cluster.Scheduler(o), cluster.Log(log.logger()))
	g := startGuest(t, cl.Address())
	kept := func(in *client.Info) bool { return in.Tasks["memory"] == 1 }
	await(t, c, "the client has its value", kept)

	g.signal(syscall.SIGSTOP)
	awaitLog(t, &log, "client is away")
	g.signal(syscall.SIGCONT)
	awaitLog(t, &log, "client is back")
	fmt.Fprintln(g.in, "well?")
	g.says("100000 <nil>")
	if n := strings.Count(log.String(), "client left"); n != 1 { // that of the cluster's start
		t.Errorf("%d clients left:\n%s", n, &log)
	}

	began := time.Now()
	g.signal(syscall.SIGKILL)
	await(t, c, "the value is released", func(in *client.Info) bool { return in.Tasks["memory"] == 0 && in.Tasks["released"] == 0 })
	if took := time.Since(began); took < o.Lease/2 {
		t.Errorf("it was released after %v, and the lease is %v", took, o.Lease)
	}
}

func awaitLog(t *testing.T, log *record, text string) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !strings.Contains(log.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%q is not in the log:\n%s", text, log)
		}
	}
}
