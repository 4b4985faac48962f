package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestLastWords(t *testing.T) {
	var out strings.Builder
	w := &lastWords{out: &out}
	text := "hello\npanic: boom at line 7\n\ngoroutine 1 [running]:\nmain.main()\n" + strings.Repeat("x", 5000) + "\nlast"
	for _, b := range []byte(text) {
		if n, err := w.Write([]byte{b}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if w.last() != "panic: boom at line 7" || out.String() != text {
		t.Errorf("remembers %q, passed on %d of %d bytes", w.last(), out.Len(), len(text))
	}
}

func TestOOMKills(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a/b/memory.events", "low 0\nhigh 0\nmax 17\noom 3\noom_kill 2\noom_group_kill 0\n")
	write("memory/old/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n")
	write("memory.events", "oom_kill 9\n")
	for own, want := range map[string]int64{
		"0::/a/b\n":             2,
		"0::/elsewhere\n":       9, // a container's own root
		"4:memory:/old\n":       5,
		"4:memory:/gone\n":      0,
		"nonsense":              0,
		"2:cpu:/x\n0::/a/b\n":   2,
		"9:memory:/old\n0::/\n": 5,
	} {
		if n := oomKillsUnder(root, own); n != want {
			t.Errorf("%q: %d kills, want %d", own, n, want)
		}
	}
}

// TestCausesOfDeath: processes that end in all ways are explained.
func TestCausesOfDeath(t *testing.T) {
	for _, c := range []struct {
		shell string
		kills int64
		want  string
	}{
		{"exit 0", 0, ""},
		{"exit 7", 0, "exit status 7"},
		{"kill -9 $$", 0, "signal: killed"},
		{"kill -9 $$", 1, "signal: killed, by the kernel, out of memory"},
		{"echo 'panic: boom' >&2; exit 2", 0, "exit status 2: panic: boom"},
		{"echo 'runtime: out of memory: cannot allocate 8-byte block' >&2; exit 2", 0, "exit status 2, out of memory: runtime"},
		{fmt.Sprintf("exit %d", exitSchedulerGone), 0, "the scheduler is gone"},
	} {
		cmd := exec.Command("/bin/sh", "-c", c.shell)
		w := &lastWords{out: &strings.Builder{}}
		cmd.Stderr = w
		err := causeOfDeath(nil, fmt.Errorf("cannot start"), "", 0)
		if err == nil || err.Error() != "cannot start" {
			t.Errorf("without a process: %v", err)
		}
		err = cmd.Run()
		err = causeOfDeath(cmd.ProcessState, err, w.last(), c.kills)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.shell, err, c.want)
		}
	}
}
