package kernels

import "strings"

// nearest returns the name most like the one asked for, or "" when none is
// within a third of its length in edits.
func nearest(name string, names []string) string {
	best, fewest := "", max(1, len(name)/3)+1
	for _, candidate := range names {
		if d := edits(strings.ToLower(name), strings.ToLower(candidate)); d < fewest {
			best, fewest = candidate, d
		}
	}
	return best
}

// edits is the Levenshtein distance of a and b in bytes, by the dynamic
// programme of Wagner and Fischer (1974) over one row.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
