package main

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain runs the command itself when a test has started this binary as one.
func TestMain(m *testing.M) {
	if os.Getenv("ASHLAR_TEST_COMMAND") != "" || os.Getenv("ASHLAR_WORKER") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func ashlar(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "ASHLAR_TEST_COMMAND=1")
	return c
}

// failure runs a command that must fail, and returns what it says.
func failure(t *testing.T, args ...string) string {
	t.Helper()
	out, err := ashlar(args...).CombinedOutput()
	if err == nil {
		t.Fatalf("ashlar %v succeeded:\n%s", args, out)
	}
	return string(out)
}

func TestVersion(t *testing.T) {
	out, err := ashlar("version").CombinedOutput()
	if err != nil || !regexp.MustCompile(`^ashlar \S+ \(protocol \d+, build [0-9a-f]+, ops [0-9a-f]+, go\S+ \S+\)\n$`).Match(out) {
		t.Fatalf("version printed %q, %v", out, err)
	}
}

func TestMistakesAreExplained(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	free.Close()
	cases := []struct {
		args []string
		want []string
	}{
		{[]string{"scheduler", "-listen", taken.Addr().String()}, []string{taken.Addr().String(), "in use"}},
		{[]string{"worker", nobody}, []string{nobody, "no scheduler answers"}},
		{[]string{"worker"}, []string{"HOST:PORT"}},
		{[]string{"worker", nobody, "-threads", "2"}, []string{nobody, "no scheduler answers"}},
		{[]string{"worker", nobody, "-threads", "2", "more"}, []string{"one scheduler"}},
		{[]string{"demo", "-connect", nobody}, []string{nobody, "no scheduler answers"}},
		{[]string{"demo", "-workers", "0"}, []string{"at least 1"}},
		{[]string{"demo", "-data", "/no/such/place"}, []string{"/no/such/place"}},
		{[]string{"worker", "-memory", "lots", nobody}, []string{"lots", "4GiB"}},
		{[]string{"worker", "-spill", "/no/such/dir", nobody}, []string{"/no/such/dir", "choose another directory"}},
		{[]string{"worker", "-resources", "GPU=x", nobody}, []string{"GPU", "NAME=NUMBER"}},
		{[]string{"flight"}, []string{"HOST:PORT"}},
		{[]string{"flight", nobody}, []string{nobody, "no scheduler answers"}},
		{[]string{"flight", nobody, "-quiet", "more"}, []string{"one scheduler"}},
		{[]string{"swim"}, []string{`"swim"`, "demo"}},
	}
	for _, c := range cases {
		out := failure(t, c.args...)
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("ashlar %v must say %q:\n%s", c.args, want, out)
			}
		}
	}
}

// TestByHand starts a scheduler and a worker as a person would, and ends both
// with Ctrl-C, in either order.
func TestByHand(t *testing.T) {
	for _, first := range []string{"worker", "scheduler"} {
		t.Run(first+" first", func(t *testing.T) { byHand(t, first == "scheduler") })
	}
}

func byHand(t *testing.T, schedulerFirst bool) {
	s := ashlar("scheduler", "-listen", "127.0.0.1:0")
	out, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Process.Kill() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "scheduler at ") {
		t.Fatalf("the scheduler printed %q, %v", line, err)
	}
	address := strings.TrimSpace(strings.TrimPrefix(line, "scheduler at "))

	w := ashlar("worker", "-name", "by-hand", "-threads", "2", "-memory", "1GiB", "-resources", "LICENCE=2", "-gpu", "fake", address)
	log, err := w.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Process.Kill() }()
	if line, err := bufio.NewReader(log).ReadString('\n'); err != nil || !strings.Contains(line, "by-hand") {
		t.Fatalf("the worker logged %q, %v", line, err)
	}
	if schedulerFirst {
		endByHand(t, "scheduler", s)
		endByHand(t, "worker", w)
	} else {
		endByHand(t, "worker", w)
		endByHand(t, "scheduler", s)
	}
}

func endByHand(t *testing.T, name string, p *exec.Cmd) {
	t.Helper()
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Ctrl-C ended the %s with %v", name, err)
		}
	case <-time.After(10 * time.Second):
		_ = p.Process.Signal(syscall.SIGQUIT)
		t.Fatalf("the %s does not end on Ctrl-C", name)
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "4GiB": 4 << 30, "1.5 MiB": 3 << 19, "2GB": 2e9, "77": 77, "64kib": 64 << 10} {
		var s size
		if err := s.Set(text); err != nil || int64(s) != want {
			t.Errorf("%q is read as %d, %v; want %d", text, s, err, want)
		}
	}
	for _, bad := range []string{"", "x", "-1", "4QiB"} {
		var s size
		if err := s.Set(bad); err == nil {
			t.Errorf("%q is read as %d", bad, s)
		}
	}
	if s := size(4 << 30); s.String() != "4GiB" {
		t.Errorf("4 GiB is shown as %s", s.String())
	}
}
