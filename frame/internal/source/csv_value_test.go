package source

import (
	"strconv"
	"testing"
	"time"
)

func TestParseDateAgreesWithTime(t *testing.T) {
	for at := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 10000; at = at.AddDate(0, 0, 11) {
		days, ok := parseDate([]byte(at.Format(time.DateOnly)))
		if !ok || days*86400 != at.Unix() {
			t.Fatalf("%s is day %d, %v", at.Format(time.DateOnly), days, ok)
		}
	}
	for _, bad := range []string{"2001-02-29", "1900-02-29", "2001-04-31", "2001-13-01", "2001-00-01", "2001-01-00", "2001-1-01", "20010101", "2001/01/01"} {
		if days, ok := parseDate([]byte(bad)); ok {
			t.Errorf("%s is day %d", bad, days)
		}
	}
}

func FuzzParseInt(f *testing.F) {
	for _, s := range []string{"0", "-1", "+7", "007", "9223372036854775807", "9223372036854775808", "1_000", "", "-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseInt([]byte(s))
		want, err := strconv.ParseInt(s, 10, 64)
		if ok != (err == nil) || ok && got != want {
			t.Errorf("%q is %d, %v, want %d, %v", s, got, ok, want, err)
		}
	})
}
