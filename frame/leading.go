package frame

// leading returns n without the row groups that come after its first rows, where
// the rows of each partition are known: in a scan of Parquet files under
// projections only.
func leading(n node, rows int) node {
	switch n := n.(type) {
	case *parquetScan:
		at, have := 0, int64(0)
		for at < len(n.pieces) && (at == 0 || have < int64(rows)) {
			have += n.pieces[at].rows
			at++
		}
		if at < len(n.pieces) {
			return n.over(n.schema, n.pieces[:at])
		}
	case *rowwise:
		if _, ok := n.step.(*projectStep); !ok {
			return n
		}
		if in := leading(n.operands[0], rows); in != n.operands[0] {
			return newRowwise(in, n.schema, n.step)
		}
	}
	return n
}
