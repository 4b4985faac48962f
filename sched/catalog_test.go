package sched

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestMetadataIsBounded(t *testing.T) {
	m := New(Config{})
	for i := range maxMetadata {
		m.Step(SetMetadata{Path: fmt.Sprint("p", i), Value: []byte{1}})
	}
	over := SetMetadata{Path: "over", Value: []byte{1}}
	if err := m.MaySet(over); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "remove some") {
		t.Errorf("one value too many: %v", err)
	}
	m.Step(over)
	if _, has := m.Metadata("over"); has {
		t.Error("what may not be set was set")
	}
	m.Step(SetMetadata{Path: "p7"})
	m.Step(over)
	if v, has := m.Metadata("over"); !has || len(v) != 1 {
		t.Error("there is room again, and nothing was set")
	}
	big := SetMetadata{Path: "p8", Value: make([]byte, MaxNote+1)}
	if err := m.MaySet(big); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "scatter") {
		t.Errorf("a large value: %v", err)
	}
}

func TestLogsAreBounded(t *testing.T) {
	m := New(Config{})
	for i := range 5 * maxLog / 2 {
		m.Step(LogEvent{Topic: "busy", Value: []byte(fmt.Sprint(i))})
		m.Step(LogEvent{Topic: fmt.Sprint("topic", i%(2*maxTopics))})
	}
	es := m.Events("busy")
	if len(es) != maxLog || string(es[maxLog-1].Value) != fmt.Sprint(5*maxLog/2-1) || string(es[0].Value) != fmt.Sprint(3*maxLog/2) {
		t.Errorf("%d events, from %s", len(es), es[0].Value)
	}
	if len(m.logs) != maxTopics {
		t.Errorf("%d topics are kept", len(m.logs))
	}
}
