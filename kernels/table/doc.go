// Package table computes on one table at a time, or on few: group, join, sort,
// filter, take, concatenate, distinct and hash partitioning. It is portable Go
// over Arrow memory and runs on the caller's goroutine; a frame calls it once a
// partition and leaves parallelism to the scheduler.
//
// # Decisions
//
// Keys become numbers. Each key column turns its values into small codes (by
// direct address where the values span a short range, by hashing otherwise,
// through the dictionary where there is one), and pairs of codes are numbered
// again until one number, dense and in order of first appearance, stands for
// the whole key. Grouping, joining, distinct and count-distinct share this; see
// keyTable. Work goes in batches that stay in the first-level cache, hot data
// holds no pointers, and no Go map is used per row.
//
// Grouping goes further (newNumbering): where all key columns have ranges, their
// numbers make one number, as digits do. It addresses a slot directly if that
// leaves few slots empty; else it is hashed, in one table while that stays in the
// cache, and otherwise in buckets whose tables do. Columns without a range are
// looked up first. What fits no 64 bits is numbered pair by pair as above. What is
// known of a dictionary (its hashes, whether entries repeat) is remembered while
// its memory lives. Aggregates see batches of group numbers and have one loop a
// type; medians count values into ranges before they select.
//
// The right side of a join addresses integers directly where they are near one
// another, or multiples of some step apart; see progression. What a join or sort
// yields is picked column by column.
//
// The right side of an asof join lies group by group, one for each by-key, in each
// in the order of time. A left row is looked for from where the last of its group
// was found, by steps that double: what comes in order is found at once.
//
// Sorting turns every key into bits whose unsigned order is the wanted order,
// packs the keys of a row into as few words as they need, and sorts by radix.
//
// Window functions go over the rows group by group, each in order, and write what
// they find to where the row is in the table, so that no column is moved. Rolling
// sums of integers are 128 bits wide, and what leaves is taken off; of floats
// nothing is ever taken off (see floatSums).
//
// Columns of any other type that a table may have (lists of all kinds, maps,
// structs, bytes) are moved with the rest and not computed on: see nested.go.
//
// # Semantics
//
// Aggregates follow SQL: they skip nulls, and those that see no value yield
// null (a count yields 0). Integer sums are int64 and fail on overflow. Float
// sums add in row order, so they depend on nothing but the order of the input.
// Mean, var, std, median and quantile are float64; var and std are those of a
// sample and null below two values; quantiles interpolate linearly. First and
// last skip nulls. Covariances and correlations are of the rows where neither side
// is null.
//
// As group keys, nulls equal one another, all NaNs equal one another, and -0
// equals 0. As join keys, nulls equal nothing. In order, NaN follows all
// numbers. Strings compare by bytes. A string is the same key in whatever
// representation (string, large string, dictionary), and hashes the same in
// every process, so partitions made on different machines meet.
//
// # Memory
//
// What is returned comes from the allocator given, is owned by the caller and
// may share buffers with the input where it is the input. The scratch memory of
// joins and sorts is the allocator's too, most other is the garbage collector's.
package table
