// Package groupdata makes the table of the group-by benchmark that data
// engines are commonly compared with: three string keys, three integer keys,
// three values, all uniform and independent.
//
//	id1, id2   "id%03d" of 1…K         id4, id5   int32 of 1…K
//	id3        "id%010d" of 1…N/K      id6        int32 of 1…N/K
//	v1         int32 of 1…5            v2         int32 of 1…15
//	v3         float64, U(0,100) with six decimals
//
// On demand some of the values of every column are null, K is another, or the
// rows are sorted by their keys.
//
// The same seed gives the same rows, whatever machine makes them: each
// partition has a generator of its own. Strings are dictionary columns whose
// dictionaries are shared by all partitions.
package groupdata
