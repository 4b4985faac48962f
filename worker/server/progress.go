package server

import (
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/internal/wire/pb"
)

const (
	// progressGap is the least time between two reports of one task that travel.
	progressGap = 50 * time.Millisecond
	// progressText bounds the text of a report, in bytes.
	progressText = 1 << 10
)

// Progress implements graph.Host.
func (x *execution) Progress(done float64, text string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ended {
		return errEnded
	}
	if now := time.Now(); done == 1 || now.Sub(x.progressed) >= progressGap {
		x.progressed = now
		x.crew.box.put(progressing{x, done, strings.ToValidUTF8(text[:min(len(text), progressText)], "")})
	}
	return nil
}

// progressing is the letter of an execution that says how far it is.
type progressing struct {
	x    *execution
	done float64
	text string
}

func (p progressing) deliver(l *loop) {
	t := p.x.task
	if l.session == nil || l.execs[execID{t.ID, t.Attempt}] != p.x {
		return
	}
	m := l.out.message()
	m.Progress = append(m.Progress, &pb.TaskProgress{Task: uint64(t.ID), Attempt: t.Attempt, Done: p.done, Text: p.text})
}
