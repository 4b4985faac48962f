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

// A nanny keeps one worker process running: one that dies is started again,
// with back-off; one that lived its time is drained, and another started. One
// that ended because the scheduler let it go has ended for good.
type nanny struct {
	plan   childPlan
	under  *undertaker
	report func(pid int, cause string) // how a process died; may be nil
	log    *slog.Logger

	quit  chan struct{} // closed to end the process at once
	drain chan struct{} // closed to end it when it has nothing left
	ended chan struct{}
	fail  chan error // holds one
	// gaveUp is why no other process was started; it is set before ended is
	// closed.
	gaveUp error

	mu      sync.Mutex
	proc    *os.Process // nil between two lives
	drained bool
}

func startNanny(p childPlan, u *undertaker, log *slog.Logger, report func(int, string)) *nanny {
	n := &nanny{
		plan: p, under: u, log: log, report: report,
		quit: make(chan struct{}), drain: make(chan struct{}), ended: make(chan struct{}), fail: make(chan error, 1),
	}
	go n.run()
	return n
}

func (n *nanny) run() {
	defer close(n.ended)
	// The kernel ends a child when the thread that started it does.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for wait := restartFirst; ; {
		began := time.Now()
		renewed, err := n.life()
		if isClosed(n.quit) {
			return
		}
		switch {
		case err == nil && renewed:
			n.log.Info("worker process lived its time; starting another", "worker", n.plan.Name, "after", time.Since(began))
			wait = restartFirst
			continue
		case err == nil:
			n.log.Info("worker process has retired", "worker", n.plan.Name)
			return
		}
		n.failWith(err)
		if isClosed(n.drain) || errors.Is(err, errSchedulerGone) {
			n.gaveUp = err
			n.log.Error("worker process ended; no other is started", "worker", n.plan.Name, "cause", err)
			return
		}
		if time.Since(began) > healthy {
			wait = restartFirst
		}
		n.log.Warn("worker process died; starting another", "worker", n.plan.Name, "cause", err, "after", time.Since(began), "in", wait)
		select {
		case <-time.After(wait):
		case <-n.quit:
			return
		case <-n.drain:
			return
		}
		wait = min(2*wait, restartMost)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (n *nanny) failWith(err error) {
	select {
	case n.fail <- err:
	default:
	}
}

// life starts a process and waits until it has ended. The error says why it
// died; nil is that it was let go, renewed that this was because its time was
// over.
func (n *nanny) life() (renewed bool, err error) {
	cmd, stdin, err := n.command()
	if err != nil {
		return false, err
	}
	words := &lastWords{out: os.Stderr}
	cmd.Stderr = words
	oom := oomKills()
	if err := cmd.Start(); err != nil {
		return false, fmt.Errorf("cannot run %s: %w", cmd.Path, err)
	}
	pid := cmd.Process.Pid
	l := n.under.born(pid)
	n.set(cmd.Process)
	exited, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		renewed = n.attend(cmd.Process, stdin, exited)
	}()
	err = cmd.Wait()
	n.set(nil)
	close(exited)
	<-over
	if err = causeOfDeath(cmd.ProcessState, err, words.last(), oomKills()-oom); err == nil {
		l.end("its process ended")
		return renewed, nil
	}
	l.end("its process died: " + err.Error())
	if n.report != nil && !isClosed(n.quit) {
		n.report(pid, "its process died: "+err.Error())
	}
	return renewed, err
}

// attend tells the process when to end, kindly first, and reports whether that
// was because its time was over.
func (n *nanny) attend(p *os.Process, stdin io.WriteCloser, exited <-chan struct{}) (renewed bool) {
	defer stdin.Close()
	old, stop := n.plan.Lifetime.timer()
	defer stop()
	quit, drain := n.quit, n.drain
	var late <-chan time.Time
	askToDrain := func() {
		old, drain = nil, nil
		_, _ = stdin.Write([]byte{drainByte}) // an error means that it has ended
		late = time.After(n.plan.grace() + stopWait)
	}
	for {
		select {
		case <-exited:
			return renewed
		case <-quit:
			quit, old, drain = nil, nil, nil
			stdin.Close()
			late = time.After(stopWait)
		case <-drain:
			askToDrain()
		case <-old:
			renewed = true
			askToDrain()
		case <-late:
			n.log.Warn("worker process does not end; killing it", "worker", n.plan.Name, "pid", p.Pid)
			_ = p.Kill() // an error means that it has ended
		}
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
	cmd.Stdout = os.Stderr
	cmd.WaitDelay = time.Second // what it started itself may hold its standard error
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

// retire ends the process when it has nothing left, and no other is started. It
// does not wait for that.
func (n *nanny) retire() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.drained {
		n.drained = true
		close(n.drain)
	}
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
		return errors.New("its process has died and is about to be started again, or has retired")
	}
	return n.proc.Signal(s)
}
