// Package frame is the lazy table: columns and types are known at once, rows
// when they are computed.
//
// A [Frame] is a plan. Its methods check columns and types, return a new plan
// and run nothing; a mistake stays in the result, with the user's line, and
// every computation returns it. [Frame.Compute] narrows the plan to the columns
// that are needed, lowers it to a graph of tasks and has a [graph.Runner]
// execute it.
//
// # Decisions
//
//   - Expressions ([Expr]) are values with no schema. They compile to programs
//     of package expr where they are used; that is where types are checked.
//   - Pipelines. What one partition goes through between two exchanges (scan,
//     filter, project, probe a broadcast side, sort or aggregate what remains)
//     is one task, which sends batches of rows through its steps.
//   - Group by has one of three plans, which a task chooses that looks at some rows
//     of the first partition, so that the choice depends on the data alone. Few
//     groups are aggregated where they are and gathered in one part. More are
//     aggregated and their states exchanged, and so are those whose state is all of
//     their values (medians, lists). Where a partition hardly repeats a group, the
//     rows are exchanged by the hash of the keys, or of the one that spreads them
//     well by itself. The result has as many partitions as the frame, at most
//     64; a group is in one of them. Without keys there is one, by a tree.
//   - An exchange ([table.Partition], or [table.PartitionRanges] into parts in
//     order) is a split task a partition, whose value is a list of parts, and a task
//     a part, which takes that part of all. Only the wanted part travels.
//   - Joins and sorts are exchanged into more parts than there are partitions where
//     these are known to have so many rows that a part would not stay in a cache.
//   - A sort is an exchange by ranges that a sample of all partitions sets. A join
//     broadcasts its right side, unless that is known to have many rows: then both
//     sides are exchanged by their keys, those of an asof join by its by-columns. A
//     cross join sends on as many pairs at a time as a batch has rows.
//   - Window functions ([Frame.Over]) are an exchange by the keys of their groups,
//     and one task a part. Without keys all rows meet in one task.
//   - Files are read by the workers: a task names its row group or byte range.
//     Footers and samples are read when the plan is built, so that a missing
//     file or column is an error of the user's line.
//   - Keys. A plan is named by its content, as arrays are; a file by its path,
//     size and time of change, so that a file that was written anew is another.
//   - Row groups of Parquet files are dropped from the plan where their
//     statistics prove that no row passes a filter. The bounds are compared with
//     the filter's literals by the evaluator of the filter.
//
// What is not here yet: a join that finds out while it runs that its right side is
// large (the rows of a filter or group-by are not known before), windows by a
// range of values or time, SQL.
package frame
