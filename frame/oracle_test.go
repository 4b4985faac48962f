//go:build oracle

package frame

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels/kerneltest"
)

// A question is a query of the tables l and r, and the frame that should have its
// rows, in any order.
type question struct {
	sql string
	ask func(l, r *Frame) *Frame
}

// oracleRel draws rows of n (their number), k, t, i, x and s, most with nulls; of
// equal t there is none if they are to be unique.
func oracleRel(rnd *rand.Rand, rows int, unique bool) rel {
	out := rel{names: []string{"n", "k", "t", "i", "x", "s"}, kinds: "isiifs"}
	orNull := func(v any) any {
		if rnd.IntN(12) == 0 {
			return nil
		}
		return v
	}
	times := rnd.Perm(rows * 2)
	for n := range rows {
		t := int64(rnd.IntN(rows / 3))
		if unique {
			t = int64(times[n])
		}
		x := float64(rnd.IntN(4000)-2000) / 8
		switch rnd.IntN(60) {
		case 0:
			x = math.NaN()
		case 1:
			x = math.Inf(1)
		}
		out.rows = append(out.rows, []any{int64(n), orNull([]string{"a", "b", "c", "dd"}[rnd.IntN(4)]), orNull(t),
			orNull(int64(rnd.IntN(100) - 50)), orNull(x), orNull(oracleTexts[rnd.IntN(len(oracleTexts))])})
	}
	return out
}

var oracleTexts = []string{"12", "-7", "2001-02-03", "", "a", "abc", "  pad ded  ", "Größe", "ÅNGSTRÖM", "a,b,,c", "日本語 text", "aXbXc", "%_\\", "éclair"}

// answers checks that each question has DuckDB's answer.
func answers(t *testing.T, questions map[string]question) {
	t.Helper()
	python := filepath.Join("..", "bench", "peers", ".venv", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("no peers (run bench/peers/setup.sh): %v", err)
	}
	mem, dir := kerneltest.Alloc(t), t.TempDir()
	rnd := rand.New(rand.NewPCG(11, 12))
	l := partitioned(t, mem, oracleRel(rnd, 3000, false), 5)
	r := partitioned(t, mem, oracleRel(rnd, 1000, true), 3)
	for name, f := range map[string]*Frame{"l": l, "r": r} {
		paths, err := Concat(f).Sort(Asc("n")).Head(1<<30).WriteParquet(context.Background(), &graph.Local{}, filepath.Join(dir, "parts-"+name))
		if err != nil || len(paths) != 1 {
			t.Fatal(paths, err)
		}
		if err := os.Rename(paths[0], filepath.Join(dir, name+".parquet")); err != nil {
			t.Fatal(err)
		}
	}
	sql := map[string]string{}
	for name, q := range questions {
		sql[name] = q.sql
	}
	text, err := json.Marshal(sql)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "queries.json"), text, 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(python, "testdata/oracle.py", dir).CombinedOutput(); err != nil {
		t.Fatalf("oracle.py: %v\n%s", err, out)
	}
	for name, q := range questions {
		want, _ := computeParts(t, mem, ReadParquet(filepath.Join(dir, "answer-"+name+".parquet")))
		if len(want.rows) == 0 {
			t.Errorf("%s: DuckDB's answer has no rows", name)
		}
		got, _ := computeParts(t, mem, q.ask(l, r))
		compareAnswer(t, name, got, want)
	}
}

func compareAnswer(t *testing.T, name string, got, want rel) {
	t.Helper()
	if sortedText(got) == sortedText(want) {
		return
	}
	has := map[string]bool{}
	for _, row := range want.rows {
		has[rel{rows: [][]any{row}}.text()] = true
	}
	for _, row := range got.rows {
		if text := (rel{rows: [][]any{row}}).text(); !has[text] {
			t.Errorf("%s: %d rows, DuckDB has %d, and not %s", name, len(got.rows), len(want.rows), text)
			return
		}
	}
	t.Errorf("%s: %d rows, DuckDB has %d and some that are not among them", name, len(got.rows), len(want.rows))
}

// Asof and cross joins have DuckDB's answers.
func TestOracleJoins(t *testing.T) {
	asof := func(keys AsofKeys) func(l, r *Frame) *Frame {
		return func(l, r *Frame) *Frame { return l.JoinAsof(r, keys).Select("n", "n_right") }
	}
	answers(t, map[string]question{
		"backward": {"SELECT l.n, r.n AS m FROM l ASOF LEFT JOIN r ON l.k = r.k AND l.t >= r.t", asof(Backward("t", "t").By(Using("k")))},
		"forward":  {"SELECT l.n, r.n AS m FROM l ASOF LEFT JOIN r ON l.k = r.k AND l.t <= r.t", asof(Forward("t", "t").By(Using("k")))},
		"before":   {"SELECT l.n, r.n AS m FROM l ASOF LEFT JOIN r ON l.t > r.t", asof(Backward("t", "t").Strict())},
		"after":    {"SELECT l.n, r.n AS m FROM l ASOF LEFT JOIN r ON l.t < r.t", asof(Forward("t", "t").Strict())},
		"within": {"SELECT l.n, CASE WHEN l.t - r.t <= 2 THEN r.n END AS m FROM l ASOF LEFT JOIN r ON l.k = r.k AND l.t >= r.t",
			asof(Backward("t", "t").By(Using("k")).Within(2))},
		"nearest": {`WITH b AS (SELECT l.n, l.t, r.n AS m, r.t AS u FROM l ASOF LEFT JOIN r ON l.t >= r.t),
			f AS (SELECT l.n, r.n AS m, r.t AS u FROM l ASOF LEFT JOIN r ON l.t <= r.t)
			SELECT b.n, CASE WHEN f.m IS NULL OR b.t - b.u <= f.u - b.t THEN b.m ELSE f.m END AS m FROM b JOIN f USING (n)`, asof(Nearest("t", "t"))},
		"cross": {"SELECT l.n, r.n AS m FROM l CROSS JOIN r WHERE l.t + r.t < 100", func(l, r *Frame) *Frame {
			return l.CrossJoin(r).Filter(Col("t").Add(Col("t_right")).Lt(100)).Select("n", "n_right")
		}},
	})
}

// Window functions and Unique have DuckDB's answers, also of nulls, NaN and
// infinities.
func TestOracleWindows(t *testing.T) {
	over := func(order []SortKey, fs ...WindowFunc) func(l, r *Frame) *Frame {
		return func(l, _ *Frame) *Frame {
			f := l.Over("k").OrderBy(order...).With(fs...)
			cols := []any{"n"}
			for _, name := range f.Columns()[6:] {
				cols = append(cols, name)
			}
			return f.Select(cols...)
		}
	}
	total := []SortKey{Asc("t"), Asc("n")}
	rows := " OVER (PARTITION BY k ORDER BY t NULLS LAST, n ROWS UNBOUNDED PRECEDING)"
	three := " OVER (PARTITION BY k ORDER BY t NULLS LAST, n ROWS 2 PRECEDING)"
	answers(t, map[string]question{
		"ranks": {`SELECT n, row_number() OVER w, rank() OVER v, rank() OVER v + count(*) OVER p - 1, dense_rank() OVER v,
			rank() OVER v + (count(*) OVER p - 1) / 2 FROM l
			WINDOW w AS (PARTITION BY k ORDER BY t NULLS LAST, n), v AS (PARTITION BY k ORDER BY t NULLS LAST), p AS (PARTITION BY k, t)`,
			func(l, r *Frame) *Frame {
				ranked := over([]SortKey{Asc("t")}, Rank(), RankMax(), DenseRank(), AverageRank())(l, r)
				return over(total, RowNumber())(l, r).Join(ranked, Inner, Using("n"))
			}},
		"floats":  {"SELECT n, rank() OVER (PARTITION BY k ORDER BY x DESC NULLS FIRST) FROM l", over([]SortKey{Desc("x").NullsFirst()}, Rank())},
		"shifts":  {"SELECT n, lag(s, 2) OVER w, lead(x, 1) OVER w FROM l WINDOW w AS (PARTITION BY k ORDER BY t NULLS LAST, n)", over(total, Lag("s", 2), Lead("x", 1))},
		"sums":    {"SELECT n, sum(i)" + rows + "::BIGINT, sum(x)" + rows + ", count(s)" + rows + " FROM l", over(total, CumSum("i"), CumSum("x"), CumCount("s"))},
		"extreme": {"SELECT n, min(s)" + rows + ", max(x)" + rows + ", min(x)" + rows + " FROM l", over(total, CumMin("s"), CumMax("x"), CumMin("x"))},
		"rolling": {"SELECT n, sum(i)" + three + "::BIGINT, avg(i)" + three + ", min(x)" + three + ", max(x)" + three + ", max(s)" + three + " FROM l",
			over(total, RollingSum("i", 3), RollingMean("i", 3), RollingMin("x", 3), RollingMax("x", 3), RollingMax("s", 3))},
		"rolling-floats": {"SELECT n, sum(x)" + three + ", avg(x)" + three + " FROM l", over(total, RollingSum("x", 3), RollingMean("x", 3))},
		"least":          {"SELECT n, CASE WHEN count(i)" + three + " >= 2 THEN sum(i)" + three + " END::BIGINT FROM l", over(total, RollingSum("i", 3).AtLeast(2))},
		"whole": {"SELECT n, sum(i) OVER w::BIGINT, max(x) OVER w, count(*) OVER w, count(DISTINCT i) OVER w FROM l WINDOW w AS (PARTITION BY k)",
			over(nil, Sum("i"), Max("x"), Rows(), CountDistinct("i"))},
		"unique": {"SELECT DISTINCT ON (k, i) k, i, n FROM l ORDER BY n", func(l, _ *Frame) *Frame { return l.Unique("k", "i").Select("k", "i", "n") }},
		"all":    {"SELECT n, sum(i) OVER (ORDER BY t NULLS LAST, n ROWS UNBOUNDED PRECEDING)::BIGINT FROM l", func(l, _ *Frame) *Frame { return l.Over().OrderBy(total...).With(CumSum("i").As("c")).Select("n", "c") }},
	})
}

// Expressions of texts have DuckDB's answers, of texts that it holds: it has UTF-8
// alone.
func TestOracleTexts(t *testing.T) {
	s, d := Col("s"), Col("t").Cast(Date32)
	of := func(es ...Expr) func(l, r *Frame) *Frame {
		return func(l, _ *Frame) *Frame {
			cols := []any{"n"}
			for i, e := range es {
				cols = append(cols, e.As(fmt.Sprint("c", i)))
			}
			return l.Select(cols...)
		}
	}
	answers(t, map[string]question{
		"tests": {"SELECT n, contains(s, 'b'), starts_with(s, 'a'), suffix(s, 'c'), s LIKE '%,_', regexp_matches(s, '^[a-z]+$'), regexp_matches(s, '(?i)größe') FROM l",
			of(s.Contains("b"), s.StartsWith("a"), s.EndsWith("c"), s.Like("%,_"), s.Matches("^[a-z]+$"), s.Matches("(?i)größe"))},
		"lengths": {"SELECT n, length(s), octet_length(encode(s)) FROM l", of(s.Length(), s.Bytes())},
		"case":    {"SELECT n, upper(s), lower(s) FROM l WHERE s <> 'Größe' OR s IS NULL", func(l, r *Frame) *Frame { return of(s.Upper(), s.Lower())(l.Filter(s.Ne("Größe").Or(s.IsNull())), r) }},
		"edits": {"SELECT n, trim(s), ltrim(s), rtrim(s), trim(s, 'ac'), replace(s, ',', '+'), replace(s, '', 'x'), replace(s, 'X', '') FROM l",
			of(s.Trim(""), s.TrimStart(""), s.TrimEnd(""), s.Trim("ac"), s.Replace(",", "+"), s.Replace("", "x"), s.Replace("X", ""))},
		"parts": {"SELECT n, split_part(s, ',', 1), split_part(s, ',', 3), split_part(s, ',', -1), split_part(s, ',', 9), substring(s, 2, 3), s || '-' || k FROM l",
			of(s.SplitPart(",", 0), s.SplitPart(",", 2), s.SplitPart(",", -1), s.SplitPart(",", 8), s.Substring(1, 3), s.Concat("-", Col("k")))},
		"regex": {`SELECT n, regexp_replace(s, '([a-c])', '<\1>', 'g'), CASE WHEN regexp_matches(s, '([a-z])X') THEN regexp_extract(s, '([a-z])X', 1) END FROM l`,
			of(s.RegexReplace("([a-c])", "<$1>"), s.Extract("([a-z])X", 1))},
		"numbers": {"SELECT n, TRY_CAST(s AS BIGINT), printf('%.2f', x), CAST(i AS VARCHAR) FROM l WHERE isfinite(x)", func(l, r *Frame) *Frame {
			return of(s.TryCast(Int64), Col("x").Fixed(2), Col("i").Cast(String))(l.Filter(Col("x").Abs().Lt(1e9)), r)
		}},
		"dates": {"SELECT n, strftime(DATE '1970-01-01' + t::INTEGER, '%d.%m.%Y %a'), date_diff('day', DATE '1970-01-01', strptime(strftime(DATE '1970-01-01' + t::INTEGER, '%d/%m/%Y'), '%d/%m/%Y')::DATE) FROM l",
			of(d.FormatTime("02.01.2006 Mon"), d.FormatTime("02/01/2006").ParseTime("02/01/2006", Date32).Cast(Int64))},
	})
}
