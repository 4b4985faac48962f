package sim

import (
	"fmt"
	"go/format"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/sched"
)

// writeTest returns a Go file with a test that gives the events to a new
// machine.
func writeTest(seed uint64, events []sched.Event, why error) string {
	l := &literals{packages: map[string]bool{"testing": true}}
	l.printf("\tm := sched.New(")
	l.value(reflect.ValueOf(schedConfig))
	l.printf(")\n\tfor _, e := range []sched.Event{\n")
	for _, e := range events {
		l.printf("\t\t")
		l.value(reflect.ValueOf(e))
		l.printf(",\n")
	}
	l.printf("\t} {\n\t\tm.Step(e)\n\t\tif err := m.Check(); err != nil {\n\t\t\tt.Fatalf(\"after %%T: %%v\", e, err)\n\t\t}\n\t}\n}\n")
	var head strings.Builder
	fmt.Fprintf(&head, "package sim\n\nimport (\n")
	for _, p := range slices.Sorted(keysOf(l.packages)) {
		fmt.Fprintf(&head, "\t%q\n", p)
	}
	what, _, _ := strings.Cut(why.Error(), "\n")
	fmt.Fprintf(&head, ")\n\n// TestSeed%d: %s\nfunc TestSeed%d(t *testing.T) {\n", seed, what, seed)
	code := head.String() + l.text.String()
	if nice, err := format.Source([]byte(code)); err == nil {
		return string(nice)
	}
	return code
}

func keysOf(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m { // the caller sorts
			if !yield(k) {
				return
			}
		}
	}
}

// literals writes values as Go expressions.
type literals struct {
	text     strings.Builder
	packages map[string]bool
}

func (l *literals) printf(format string, args ...any) { fmt.Fprintf(&l.text, format, args...) }

// name is how a type is called from outside its package.
func (l *literals) name(t reflect.Type) string {
	if t.PkgPath() != "" {
		l.packages[t.PkgPath()] = true
		return path.Base(t.PkgPath()) + "." + t.Name()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + l.name(t.Elem())
	case reflect.Slice:
		return "[]" + l.name(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), l.name(t.Elem()))
	case reflect.Map:
		return "map[" + l.name(t.Key()) + "]" + l.name(t.Elem())
	}
	return t.String()
}

func (l *literals) value(v reflect.Value) {
	if k, is := v.Interface().(graph.Key); is && k.Name != "" {
		if name, _, _ := strings.Cut(k.String(), "-"); graph.NewKey(name) == k {
			l.packages[v.Type().PkgPath()] = true
			l.printf("graph.NewKey(%q)", name)
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		l.pointer(v)
	case reflect.Struct:
		l.fields(v)
	case reflect.Slice, reflect.Array:
		l.elements(v)
	case reflect.Map:
		l.printf("%s{", l.name(v.Type()))
		for _, k := range v.MapKeys() {
			l.value(k)
			l.printf(": ")
			l.value(v.MapIndex(k))
			l.printf(", ")
		}
		l.printf("}")
	case reflect.String:
		l.printf("%q", v.String())
	default:
		l.printf("%#v", plain(v))
	}
}

// plain is a number or a truth value without the name of its type: where it
// stands, Go knows the type.
func plain(v reflect.Value) any {
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.CanFloat():
		return v.Float()
	case v.Kind() == reflect.Bool:
		return v.Bool()
	}
	panic(fmt.Sprintf("sim: a %v cannot be written down", v.Type()))
}

func (l *literals) pointer(v reflect.Value) {
	switch {
	case v.IsNil():
		l.printf("nil")
	case v.Kind() == reflect.Interface:
		l.value(v.Elem())
	default:
		l.printf("&")
		l.value(v.Elem())
	}
}

func (l *literals) fields(v reflect.Value) {
	l.printf("%s{", l.name(v.Type()))
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
			l.printf("%s: ", f.Name)
			l.value(v.Field(i))
			l.printf(", ")
		}
	}
	l.printf("}")
}

func (l *literals) elements(v reflect.Value) {
	l.printf("%s{", l.name(v.Type()))
	for i := range v.Len() {
		l.value(v.Index(i))
		l.printf(", ")
	}
	l.printf("}")
}
