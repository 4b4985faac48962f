package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// rooms is the table of who may import whom, by longest prefix of the folder.
// A room may always import itself; nil is nothing else, everything is "*".
var rooms = map[string][]string{
	"graph":         nil,
	"kernels":       nil,
	"gpu":           {"graph", "kernels"},
	"array":         {"graph", "kernels"},
	"frame":         {"graph", "kernels"},
	"sched":         {"graph"},
	"sched/server":  {"sched", "graph", "internal/wire"},
	"worker":        {"graph"},
	"worker/store":  {"graph", "kernels"},
	"worker/server": {"worker", "worker/store", "kernels", "gpu", "graph", "internal/wire"},
	"client":        {"graph", "kernels", "internal/wire"},
	"cluster":       {"client", "sched/server", "worker/server"},
	"internal/wire": {"graph", "kernels"},
	"internal/sim":  {"sched", "worker", "graph"},
	"internal/lint": nil,
	"cmd":           {"*"},
	"bench":         {"*"},
	"examples":      {"*"},
	"examples/data": nil,
}

// meets names the room that a collection may meet in one conversion file.
var meets = map[string]string{"array": "frame", "frame": "array"}

// inTests are what a test inside any package may import besides.
var inTests = []string{"graph", "kernels", "examples/data"}

// confined are packages of others that only some rooms may import, and those
// that none may. The longest prefix counts.
var confined = []struct {
	prefix string
	rooms  []string
	why    string
}{
	{"google.golang.org/grpc", []string{"internal/wire"}, "only internal/wire speaks gRPC: call it through that package"},
	{"google.golang.org/protobuf", []string{"internal/wire"}, "only internal/wire speaks protobuf: call it through that package"},
	{"google.golang.org/genproto", []string{"internal/wire"}, "only internal/wire speaks protobuf: call it through that package"},
	{"github.com/apache/arrow/go/v17/arrow/flight", []string{"internal/wire"}, "it is gRPC: only internal/wire/flight serves it"},
	{"gorgonia.org/cu", []string{"gpu"}, "only gpu talks to the device"},
	{"C", []string{"gpu"}, "only gpu behind its tag needs cgo: the default build has none"},
	{"github.com/apache/arrow/go/v17/arrow/compute", nil, "it is known wrong in v17: compute on the buffers with kernels"},
	{"simd/archsimd", nil, "it forces GOEXPERIMENT on every user: use the generated assembly of kernels"},
}

// pureImports is the part of the standard library that neither waits, locks,
// reads a clock, nor does I/O: all that a pure root needs.
var pureImports = []string{
	"bytes", "cmp", "container/heap", "container/list", "container/ring", "encoding/binary", "encoding/hex", "errors",
	"fmt", "hash", "hash/fnv", "iter", "maps", "math", "math/bits", "slices", "sort", "strconv",
	"strings", "time", "unicode", "unicode/utf8",
}

// isPure names the rooms whose code only decides.
func isPure(room string) bool { return room == "sched" || room == "worker" }

// roomOf is the room that a folder belongs to, "" if none.
func roomOf(dir string) string {
	for d := dir; d != ""; {
		if _, ok := rooms[d]; ok {
			return d
		}
		i := strings.LastIndexByte(d, '/')
		if i < 0 {
			break
		}
		d = d[:i]
	}
	return ""
}

func within(pkg, prefix string) bool {
	return pkg == prefix || strings.HasPrefix(pkg, prefix+"/")
}

func checkImports(t *tree) ([]finding, error) {
	var found []finding
	metIn := map[string]string{} // by room, the file in which it meets the other
	for _, s := range t.sources {
		if s.aside {
			continue
		}
		room := roomOf(s.dir())
		if room == "" {
			found = append(found, finding{rule: "imports", path: s.path, line: 1, subject: s.dir(),
				text: fmt.Sprintf("the folder %s is in no room: put it into one, or add a row to the table in internal/lint", s.dir())})
			continue
		}
		for _, spec := range s.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, err
			}
			if text := wrongImport(t.module, s, room, imported, metIn); text != "" {
				found = append(found, finding{rule: "imports", path: s.path, line: t.line(spec.Pos()),
					subject: s.path + ":" + imported, text: text})
			}
		}
	}
	return found, nil
}

// wrongImport says what is wrong with one import, "" if nothing.
func wrongImport(module string, s *source, room, imported string, metIn map[string]string) string {
	if rel, ours := strings.CutPrefix(imported, module+"/"); ours {
		return wrongRoom(s, room, rel, metIn)
	}
	if text := wrongOutsider(room, imported); text != "" {
		return text
	}
	first, _, _ := strings.Cut(imported, "/")
	standard := !strings.Contains(first, ".") && first != "C"
	switch {
	case s.test || room == "internal/lint":
		return ""
	case !standard && (room == "graph" || isPure(room)):
		return fmt.Sprintf("%s imports %q, but %s builds on the standard library only", room, imported, room)
	case isPure(room) && !slices.Contains(pureImports, imported):
		return fmt.Sprintf("%s imports %q, but a pure root only decides: let %s/server do it and send an event", room, imported, room)
	}
	return ""
}

func wrongOutsider(room, imported string) string {
	for _, c := range confined {
		if within(imported, c.prefix) && !slices.Contains(c.rooms, room) {
			return fmt.Sprintf("%s imports %q; %s", room, imported, c.why)
		}
	}
	return ""
}

// wrongRoom judges an import of one of our packages.
func wrongRoom(s *source, room, imported string, metIn map[string]string) string {
	to := roomOf(imported)
	allowed := rooms[room]
	switch {
	case to == room || s.external() || slices.Contains(allowed, "*") || slices.Contains(allowed, to):
		return ""
	case s.test && (slices.Contains(inTests, to) || to == meets[room]):
		return ""
	case to == meets[room]:
		file, taken := metIn[room]
		if taken && file != s.path {
			return fmt.Sprintf("%s meets %s in %s already: keep the conversion in that one file", room, to, file)
		}
		metIn[room] = s.path
		return ""
	}
	may := strings.Join(allowed, ", ")
	if may == "" {
		may = "none of ours"
	}
	return fmt.Sprintf("%s may not import %s (it may import: %s): move the code to where it belongs, or pass the value in", room, imported, may)
}
