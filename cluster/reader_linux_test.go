package cluster_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ashlar-go/ashlar/client"
)

func init() { readerMain = beReader }

// readers is how many clients are killed while they read.
const readers = 10

// resident is the memory of this process that is its own, in bytes.
func resident(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "RssAnon:" {
			n, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	t.Fatal("the system does not say how much memory is this process's own")
	return 0
}

// TestAClientOfTheSameHostCopiesNothing: a large result is read where its worker
// has it: no byte of it is copied, and the client's own memory does not grow.
func TestAClientOfTheSameHostCopiesNothing(t *testing.T) {
	const n = 256 << 20 / 8
	_, c, ctx := processes(t)
	before := resident(t)
	out, err := c.Run(ctx, flooded(n, 7))
	if err != nil {
		t.Fatal(err)
	}
	if err := isFlooded(out[0], n, 7); err != nil {
		t.Error(err)
	}
	after := resident(t)
	if moved := c.Moved(); moved != (client.Moved{Mapped: 8 * n}) {
		t.Errorf("moved %+v, want all %d bytes mapped", moved, 8*n)
	}
	if grown := after - before; grown > 64<<20 {
		t.Errorf("the client's memory grew by %d bytes for a result of %d", grown, 8*n)
	}
	out[0].Release()
}

// beReader reads results of the cluster at address, and says so once.
func beReader(address string) {
	ctx := context.Background()
	c, err := client.Connect(ctx, address)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for x := 1; ; x++ {
		n := 10_000 * (1 + x%20)
		out, err := c.Run(ctx, flooded(n, os.Getpid()+x))
		if err == nil {
			err = isFlooded(out[0], n, os.Getpid()+x)
			out[0].Release()
		}
		if err != nil || x == 1 {
			fmt.Println(c.Moved().Mapped > 0, err)
		}
	}
}

// TestClientsAreKilled: what a client read is free again when it is killed, with
// the descriptors that it had of the workers.
func TestClientsAreKilled(t *testing.T) {
	cl, c, ctx := processes(t)
	descriptors := func() (n int) {
		for i := range 2 {
			es, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", cl.Worker(i).Pid))
			if err != nil {
				t.Fatal(err)
			}
			n += len(es)
		}
		return n
	}
	for x := range 4 { // whatever is opened once is open
		out, err := c.Run(ctx, flooded(10_000, x))
		if err != nil {
			t.Fatal(err)
		}
		out[0].Release()
	}
	before := descriptors()
	for range readers {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), readerVariable+"="+cl.Address())
		cmd.Stderr = os.Stderr
		said, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(said)
		if line, err := r.ReadString('\n'); err != nil || line != "true <nil>\n" {
			t.Errorf("a reader says %q, %v", line, err)
		}
		time.Sleep(time.Duration(rand.IntN(5000)) * time.Microsecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		if rest, _ := r.ReadString(0); rest != "" {
			t.Error(rest)
		}
		cmd.Wait()
	}
	await(t, c, "nothing is left", func(in *client.Info) bool {
		for _, w := range in.Workers {
			if w.Managed > 0 || w.Holding > 0 {
				return false
			}
		}
		return descriptors() <= before
	})
}
