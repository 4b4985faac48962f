package harness

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// PeersDir is where the peers' programs and their environment are, seen from
// the root of the repository.
const PeersDir = "bench/peers"

// howToInstall is what a missing Python peer needs.
const howToInstall = "run " + PeersDir + "/setup.sh"

// Process is a peer that runs as a program of bench/peers. The program says
// hello with one JSON line, then answers each request line with one line, and
// ends when its input does. All it says otherwise goes to standard error.
type Process struct {
	name string
	args []string
	how  string

	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	version string
	failed  error // why Start failed, so that it is not tried for each case
	stderr  *tail
}

// NewProcess returns the peer that `python bench/peers/SCRIPT --peer NAME
// ARGS…` is. Nothing runs before Start.
func NewProcess(name, script string, args ...string) *Process {
	how := howToInstall
	if name == "ray" || name == "mkl" {
		how += " --" + name
	}
	return &Process{name: name, how: how, args: append([]string{script, "--peer", name}, args...)}
}

// Name implements Peer.
func (p *Process) Name() string { return p.name }

// Version implements Peer.
func (p *Process) Version() string { return p.version }

// hello is the first line of a peer's program. Missing names the module that
// it could not import.
type hello struct {
	Version string `json:"version"`
	Missing string `json:"missing"`
}

// request is a line to the program.
type request struct {
	Case   string `json:"case"`
	Args   any    `json:"args"`
	Check  bool   `json:"check"`
	Repeat int    `json:"repeat"`
}

// reply is the program's line for a request.
type reply struct {
	Seconds float64 `json:"seconds"`
	Answer  Answer  `json:"answer"`
	Error   string  `json:"error"`
}

// Start implements Peer.
func (p *Process) Start(ctx context.Context) error {
	if p.cmd != nil || p.failed != nil {
		return p.failed
	}
	p.failed = p.start(ctx)
	return p.failed
}

func (p *Process) start(ctx context.Context) error {
	python := filepath.FromSlash(PeersDir + "/.venv/bin/python")
	if _, err := os.Stat(python); errors.Is(err, fs.ErrNotExist) {
		return &NotInstalledError{Peer: p.name, How: p.how}
	}
	args := append([]string{filepath.FromSlash(PeersDir + "/" + p.args[0])}, p.args[1:]...)
	cmd := exec.CommandContext(ctx, python, args...)
	cmd.Env = peerEnv(os.Environ())
	// Closing its input is enough for a program that is well.
	cmd.WaitDelay = 10 * time.Second
	p.stderr = &tail{limit: 2000}
	cmd.Stderr = p.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("bench: %s: %w", p.name, err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("bench: %s: %w", p.name, err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("bench: starting %s: %w", p.name, err)
	}
	p.cmd, p.in, p.out = cmd, in, bufio.NewReader(out)
	var h hello
	if err := p.read(&h); err != nil {
		return errors.Join(err, p.Close())
	}
	if h.Missing != "" {
		return errors.Join(&NotInstalledError{Peer: p.name, How: p.how}, p.Close())
	}
	p.version = h.Version
	return nil
}

// peerEnv leaves out what this shell says of OpenBLAS: some set it for older
// builds, and it would take the best kernels from this one. Python is kept
// from writing beside its sources. OpenBLAS's idle threads spin for 2^26 cycles
// by default, which would take a core from whoever runs next; 2^16 cycles, some
// twenty microseconds, still spare it the waking between products.
func peerEnv(env []string) []string {
	env = slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, "OPENBLAS_") })
	return append(env, "PYTHONDONTWRITEBYTECODE=1", "OPENBLAS_THREAD_TIMEOUT=16")
}

// Run implements Peer.
func (p *Process) Run(_ context.Context, c *Case, call Call) (Sample, error) {
	line, err := json.Marshal(request{Case: c.Name, Args: c.Request, Check: call.Check, Repeat: call.Repeat})
	if err != nil {
		return Sample{}, fmt.Errorf("bench: the request for %s: %w", c.Name, err)
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return Sample{}, p.died(err)
	}
	var r reply
	if err := p.read(&r); err != nil {
		return Sample{}, err
	}
	if r.Error != "" {
		return Sample{}, fmt.Errorf("bench: %s failed on %s: %s", p.name, c.Name, r.Error)
	}
	if r.Seconds <= 0 {
		return Sample{}, fmt.Errorf("bench: %s gave no time for %s", p.name, c.Name)
	}
	return Sample{Seconds: r.Seconds, Answer: r.Answer}, nil
}

// read takes one line, which is all the program may print to its output.
func (p *Process) read(into any) error {
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return p.died(err)
	}
	if err := json.Unmarshal(line, into); err != nil {
		return fmt.Errorf("bench: %s printed %q, which is no answer: %w", p.name, line, err)
	}
	return nil
}

// died waits for a program that ended by itself and tells it from its last
// words. The peer stays dead: each later Start gives the same error.
func (p *Process) died(err error) error {
	ended := p.Close()
	p.failed = fmt.Errorf("bench: the program of %s ended: %w\n%s",
		p.name, errors.Join(err, ended), strings.TrimSpace(p.stderr.String()))
	return p.failed
}

// Close implements Peer: it ends the program's input and waits for it.
func (p *Process) Close() error {
	if p.cmd == nil {
		return nil
	}
	cmd := p.cmd
	p.cmd = nil
	p.in.Close()
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("bench: the program of %s: %w", p.name, err)
	}
	return nil
}

// tail keeps the end of what is written to it. It is read only after Wait,
// when nothing writes any more.
type tail struct {
	text  []byte
	limit int
}

func (t *tail) Write(b []byte) (int, error) {
	t.text = append(t.text, b...)
	if over := len(t.text) - t.limit; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(b), nil
}

func (t *tail) String() string { return string(t.text) }
