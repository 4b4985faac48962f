package sim

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/ashlar-go/ashlar/sched"
)

// Explain simulates a seed that fails, looks for a smaller world and for fewer
// events that fail alike, and says how to see both again. Where it was the
// scheduler's machine that broke, script is a test that breaks it; else it is
// empty. A seed that passes is explained by an empty text.
func Explain(cfg Config) (text, script string) {
	w := witness(cfg)
	if w.err == nil {
		return "", ""
	}
	cfg, w = smaller(cfg, w)
	_, err := Run(cfg)
	text = fmt.Sprintf("%v\n\nfaults: %v\nagain, with its whole trace: go test ./internal/sim -run TestSeeds -v %s", err, w.faults, cfg.flags())
	if w.blame == nil {
		return text, ""
	}
	events := fewer(w.events, kindOf(w.blame))
	return text, writeTest(cfg.Seed, events, w.blame)
}

// witness runs a simulation and notes what the scheduler heard.
func witness(cfg Config) *world {
	cfg.Trace = nil
	w := newWorld(cfg)
	w.record = true
	w.play()
	return w
}

var numbers = regexp.MustCompile(`[0-9][0-9a-f.µms/]*`)

// kindOf is what errors that are alike have in common: their beginning, without
// numbers.
func kindOf(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	s = numbers.ReplaceAllString(s, "#")
	return s[:min(len(s), 60)]
}

// smaller leaves out faults, clients, things, workers and time, as long as it
// fails alike.
func smaller(cfg Config, w *world) (Config, *world) {
	kind := kindOf(w.err)
	cfg.Workers, cfg.Things, cfg.Clients, cfg.Trouble = w.cfg.Workers, w.cfg.Things, w.cfg.Clients, w.cfg.Trouble
	cfg.Without = allFaults &^ w.faults
	for again := true; again; {
		again = false
		for _, c := range cfg.less() {
			if v := witness(c); v.err != nil && kindOf(v.err) == kind {
				cfg, w, again = c, v, true
				break
			}
		}
	}
	return cfg, w
}

// less returns worlds that are smaller in one respect each, the smallest first.
func (c Config) less() (cs []Config) {
	try := func(change func(*Config)) {
		d := c
		if change(&d); d.Clients > 0 && d.Things > 3 && d.Workers > 0 && d.Trouble >= 50*time.Millisecond &&
			(d.Clients != c.Clients || d.Things != c.Things || d.Workers != c.Workers || d.Trouble != c.Trouble || d.Without != c.Without) {
			cs = append(cs, d)
		}
	}
	try(func(d *Config) { d.Without = allFaults })
	for i := range faultNames {
		try(func(d *Config) { d.Without |= 1 << i })
	}
	try(func(d *Config) { d.Trouble /= 2 })
	try(func(d *Config) { d.Clients = 1 })
	try(func(d *Config) { d.Clients-- })
	try(func(d *Config) { d.Things /= 2 })
	try(func(d *Config) { d.Things -= 1 + d.Things/8 })
	try(func(d *Config) { d.Workers /= 2 })
	try(func(d *Config) { d.Workers-- })
	return cs
}

// flags are those of the test that make this simulation.
func (c Config) flags() string {
	s := fmt.Sprintf("-seed %d -workers %d -things %d -clients %d -trouble %v", c.Seed, c.Workers, c.Things, c.Clients, c.Trouble)
	if c.Without != 0 {
		s += " -without " + c.Without.String()
	}
	return s
}

// replay gives the events to a new machine, and returns what is wrong with it
// and after how many.
func replay(events []sched.Event) (n int, err error) {
	w := &world{m: sched.New(schedConfig), cfg: Config{Checks: 1}}
	for i, e := range events {
		if _, err := w.step(e); err != nil {
			return i + 1, err
		}
	}
	return len(events), nil
}

// maxReplayed bounds the work of fewer, in events.
const maxReplayed = 2_000_000

// fewer leaves out events, many at a time and then few, as long as the machine
// breaks alike. If it does not break at all with these events alone, they stay.
func fewer(events []sched.Event, kind string) []sched.Event {
	breaks := func(es []sched.Event) ([]sched.Event, bool) {
		n, err := replay(es)
		return es[:n:n], err != nil && kindOf(err) == kind
	}
	events, ok := breaks(events)
	spent := 0
	for size := len(events) / 2; ok && size > 0 && spent < maxReplayed; {
		removed := false
		for at := 0; at+size <= len(events) && spent < maxReplayed; {
			rest := append(append([]sched.Event{}, events[:at]...), events[at+size:]...)
			spent += len(rest)
			if es, still := breaks(rest); still {
				events, removed = es, true
			} else {
				at += size
			}
		}
		if size = min(size, len(events)); !removed || size > len(events)/2 {
			size /= 2
		}
	}
	return events
}
