package graph

import "testing"

// FuzzDecode: no bytes are read as a Go value that they are not, or panic.
func FuzzDecode(f *testing.F) {
	for _, v := range []any{7, int64(8), 1.5, "text", []byte("bytes"), true, []float64{1, 2}, map[string]int{"a": 1}, struct{ A []string }{[]string{"x"}}} {
		raw, err := encodeRaw(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		into := []any{new(int), new(int64), new(float64), new(string), new([]byte), new(bool), new([]float64), new(map[string]int), new(struct{ A []string })}
		read := 0
		for _, p := range into {
			if decodeRaw(Raw(data), p) == nil {
				read++
			}
		}
		if len(data) > 0 && data[0] != tagGob && data[0] != tagInt && read > 1 {
			t.Fatalf("%d kinds of value are read from %v", read, data)
		}
	})
}
