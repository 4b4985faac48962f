// Package joindata makes the four tables of the join benchmark that data engines
// are commonly compared with: x of n rows, and small, medium and big, which are
// joined to it and have about n/10⁶, n/10³ and n.
//
// For each of the three sizes there is a space of keys: a permutation of 1…1.1m
// for m rows, of which nine tenths of m are on both sides, a tenth of m on the
// left only and a tenth on the right only.
//
//	x       id1 id2 id3   int32, left keys of the three spaces, each at least once
//	        id4 id5 id6   "id" and the integer of id1, id2, id3
//	        v1            float64, U(0,100) with six decimals
//	small   id1, id4, v2
//	medium  id1 id2, id4 id5, v2
//	big     id1 id2 id3, id4 id5 id6, v2
//
// In each of the tables on the right its largest key is unique. The same seed
// gives the same rows. id4 and id5 are dictionary columns, id6, which has as many
// values as rows, is plain; the partitions of a table share their dictionaries,
// and no two tables do.
package joindata
