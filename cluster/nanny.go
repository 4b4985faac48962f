package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

const (
	restartFirst = 100 * time.Millisecond
	restartMost  = 5 * time.Second
	// healthy is how long a process must live for its death not to count as
	// one of a series.
	healthy = 10 * time.Second
	// stopWait is how long a process has to end by itself.
	stopWait = 5 * time.Second
)

// A nanny keeps one worker process running.
type nanny struct {
	plan  childPlan
	under *undertaker
	log   *slog.Logger
	quit  chan struct{}
	ended chan struct{}
	fail  chan error // holds one

	mu   sync.Mutex
	proc *os.Process // nil between two lives
}

func startNanny(p childPlan, u *undertaker, log *slog.Logger) *nanny {
	n := &nanny{
		plan: p, under: u, log: log,
		quit: make(chan struct{}), ended: make(chan struct{}), fail: make(chan error, 1),
	}
	go n.run()
	return n
}

func (n *nanny) run() {
	defer close(n.ended)
	// The kernel ends a child when the thread that started it does.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for wait := restartFirst; ; wait = min(2*wait, restartMost) {
		began := time.Now()
		err := n.life()
		if n.stopping() {
			return
		}
		n.log.Warn("worker process died; starting another", "worker", n.plan.Name, "cause", err, "after", time.Since(began), "in", wait)
		select {
		case n.fail <- err:
		default:
		}
		if time.Since(began) > healthy {
			wait = restartFirst
		}
		select {
		case <-time.After(wait):
		case <-n.quit:
			return
		}
	}
}

func (n *nanny) stopping() bool {
	select {
	case <-n.quit:
		return true
	default:
		return false
	}
}

// life starts a process, waits until it has ended, and returns why.
func (n *nanny) life() error {
	cmd, stdin, err := n.command()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot run %s: %w", cmd.Path, err)
	}
	l := n.under.born(cmd.Process.Pid)
	n.set(cmd.Process)
	exited := make(chan struct{})
	over := make(chan struct{})
	go func() {
		defer close(over)
		n.end(cmd.Process, stdin, exited)
	}()
	err = cmd.Wait()
	n.set(nil)
	close(exited)
	<-over
	if err == nil {
		err = errors.New("exit status 0")
	}
	l.end("its process died: " + err.Error())
	return err
}

// end ends the process when the nanny is to stop: kindly first.
func (n *nanny) end(p *os.Process, stdin io.Closer, exited <-chan struct{}) {
	defer stdin.Close()
	select {
	case <-exited:
		return
	case <-n.quit:
	}
	stdin.Close()
	select {
	case <-exited:
	case <-time.After(stopWait):
		n.log.Warn("worker process does not end; killing it", "worker", n.plan.Name, "pid", p.Pid)
		_ = p.Kill() // an error means that it has ended
		<-exited
	}
}

func (n *nanny) command() (*exec.Cmd, io.WriteCloser, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, nil, fmt.Errorf("cannot find this program: %w", err)
	}
	spec, err := json.Marshal(n.plan)
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), environment+"="+string(spec))
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	dieWithParent(cmd)
	stdin, err := cmd.StdinPipe()
	return cmd, stdin, err
}

func (n *nanny) set(p *os.Process) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.proc = p
}

func (n *nanny) failed() <-chan error { return n.fail }

func (n *nanny) stop() {
	close(n.quit)
	<-n.ended
}

func (n *nanny) pid() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.proc == nil {
		return 0
	}
	return n.proc.Pid
}

func (n *nanny) signal(s os.Signal) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.proc == nil {
		return errors.New("its process has died and is about to be started again")
	}
	return n.proc.Signal(s)
}
