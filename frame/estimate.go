package frame

import (
	"github.com/apache/arrow/go/v17/arrow"

	"github.com/ashlar-go/ashlar/graph"
	"github.com/ashlar-go/ashlar/kernels/table"
)

// What tasks of exchanges take, for who admits them: about, and only where it is
// known how many rows there are. A worker corrects it by what it sees.

// textBytes is about how long a value of a type without a width is, and its offset.
const textBytes = 16

// rowBytes is about how many bytes a row takes.
func rowBytes(s *arrow.Schema) (n int64) {
	for _, f := range s.Fields() {
		if t, fixed := f.Type.(arrow.FixedWidthDataType); fixed {
			n += int64(t.BitWidth()+7) / 8
		} else {
			n += textBytes
		}
	}
	return n
}

// partRows is about how many rows of n come into each of so many parts.
func partRows(n node, parts int) (rows int64, known bool) {
	all, known := mostRows(n)
	return int64(all+parts-1) / int64(max(1, parts)), known
}

// splitCost is what it takes to split a partition of n: the numbers of the parts
// of its rows, and of the rows in their order, besides words to find them by.
func splitCost(n node) graph.Cost {
	rows, known := partRows(n, n.info().partitions)
	if !known {
		return graph.Cost{}
	}
	bytes := rows * rowBytes(n.info().schema)
	return graph.Cost{Bytes: 2 * bytes, Output: bytes, Scratch: rows * (4 + 2 + 8)}
}

// sortCost is what it takes to sort one of so many parts of n: its rows together,
// words for each key, and the rows with a word each, twice, and alone.
func sortCost(n node, parts int, spec table.SortSpec) graph.Cost {
	rows, known := partRows(n, parts)
	if !known {
		return graph.Cost{}
	}
	bytes := rows * rowBytes(n.info().schema)
	return graph.Cost{Bytes: 4 * bytes, Output: bytes, Scratch: bytes + rows*int64(8*len(spec.Keys)+2*8+4)}
}

// joinCost is what it takes to join one of so many parts of two sides to rows of
// the schema out, as if each on the left had one partner: the right side together,
// places to find its rows at, and pairs of rows.
func joinCost(left, right node, parts int, out *arrow.Schema) graph.Cost {
	lefts, known := partRows(left, parts)
	rights, too := partRows(right, parts)
	if !known || !too {
		return graph.Cost{}
	}
	side := rights * rowBytes(right.info().schema)
	bytes := lefts * rowBytes(out)
	return graph.Cost{Bytes: 2 * (bytes + side), Output: bytes, Scratch: side + 16*rights + 8*lefts}
}
