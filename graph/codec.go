package graph

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"math"
	"reflect"
)

// The first byte of an encoding: which form follows.
const (
	tagGob byte = iota
	tagInt
	tagFloat
	tagString
	tagBytes
	tagBool
	tagFloats
)

// Encode returns v as a Value: v itself if it is one, else v encoded. Numbers,
// strings, booleans, bytes and []float64 have short forms of their own;
// everything else is encoded by encoding/gob, whose rules hold: exported
// fields only, no functions and no channels.
func Encode(v any) (Value, error) {
	if val, ok := v.(Value); ok {
		return val, nil
	}
	return encodeRaw(v)
}

func encodeRaw(v any) (Raw, error) {
	le := binary.LittleEndian
	switch x := v.(type) {
	case int:
		return le.AppendUint64([]byte{tagInt}, uint64(x)), nil
	case int64:
		return le.AppendUint64([]byte{tagInt}, uint64(x)), nil
	case float64:
		return le.AppendUint64([]byte{tagFloat}, math.Float64bits(x)), nil
	case string:
		return append([]byte{tagString}, x...), nil
	case []byte:
		return append([]byte{tagBytes}, x...), nil
	case bool:
		if x {
			return Raw{tagBool, 1}, nil
		}
		return Raw{tagBool, 0}, nil
	case []float64:
		b := make([]byte, 1, 1+8*len(x))
		b[0] = tagFloats
		for _, f := range x {
			b = le.AppendUint64(b, math.Float64bits(f))
		}
		return b, nil
	}
	var buf bytes.Buffer
	buf.WriteByte(tagGob)
	if err := gob.NewEncoder(&buf).Encode(v); err != nil {
		return nil, fmt.Errorf("graph: cannot encode %T: %w", v, err)
	}
	return buf.Bytes(), nil
}

// Decode stores the Go value of v in *into. If T is itself a kind of Value,
// such as a block of an array, *into is v, and keeps the caller's reference.
func Decode[T any](v Value, into *T) error { return decode(v, into) }

func decode(v Value, into any) error {
	if raw, ok := v.(Raw); ok {
		return decodeRaw(raw, into)
	}
	dst := reflect.ValueOf(into).Elem()
	if rv := reflect.ValueOf(v); rv.IsValid() && rv.Type().AssignableTo(dst.Type()) {
		dst.Set(rv)
		return nil
	}
	return fmt.Errorf("graph: the value is a %T, not a %v", v, dst.Type())
}

func decodeRaw(raw Raw, into any) error {
	if p, ok := into.(*Raw); ok {
		*p = raw
		return nil
	}
	if len(raw) == 0 {
		return fmt.Errorf("graph: cannot decode an empty encoding as %v", reflect.TypeOf(into).Elem())
	}
	tag, body := raw[0], raw[1:]
	word := func() uint64 { return binary.LittleEndian.Uint64(body) }
	switch p := into.(type) {
	case *int:
		if tag == tagInt && len(body) == 8 {
			*p = int(word())
			return nil
		}
	case *int64:
		if tag == tagInt && len(body) == 8 {
			*p = int64(word())
			return nil
		}
	case *float64:
		if tag == tagFloat && len(body) == 8 {
			*p = math.Float64frombits(word())
			return nil
		}
	case *string:
		if tag == tagString {
			*p = string(body)
			return nil
		}
	case *[]byte:
		if tag == tagBytes {
			*p = append([]byte{}, body...)
			return nil
		}
	case *bool:
		if tag == tagBool && len(body) == 1 {
			*p = body[0] == 1
			return nil
		}
	case *[]float64:
		if tag == tagFloats && len(body)%8 == 0 {
			*p = floats(body)
			return nil
		}
	default:
		if tag == tagGob {
			return decodeGob(body, into)
		}
	}
	return fmt.Errorf("graph: the value holds %s, not a %v", tagName(tag), reflect.TypeOf(into).Elem())
}

func decodeGob(body []byte, into any) error {
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(into); err != nil {
		return fmt.Errorf("graph: cannot decode as %v: %w", reflect.TypeOf(into).Elem(), err)
	}
	return nil
}

func floats(body []byte) []float64 {
	fs := make([]float64, len(body)/8)
	for i := range fs {
		fs[i] = math.Float64frombits(binary.LittleEndian.Uint64(body[8*i:]))
	}
	return fs
}

func tagName(tag byte) string {
	names := [...]string{"a Go value of another type", "an integer", "a float64", "a string", "bytes", "a bool", "floats"}
	if int(tag) < len(names) {
		return names[tag]
	}
	return fmt.Sprintf("an unknown form %d", tag)
}
