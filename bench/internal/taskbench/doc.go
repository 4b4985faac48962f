// Package taskbench measures METG(50 %), the minimum effective task
// granularity: the smallest mean duration of a task, overhead included, at
// which a system still does half of the arithmetic that the machine can. It
// follows Slaughter et al., "Task Bench: A Parameterized Benchmark for
// Evaluating Parallel Runtime Performance" (SC 2020), in its definitions:
//
//   - A [Grid] has a number of columns and of steps; the task at a column and a
//     step depends on tasks of the step before, as its [Pattern] says.
//   - A task runs a compute-bound kernel, a number of iterations of fused
//     multiply-adds, and its result is a hash of the results that it depends on.
//     The results of the last step prove that every task got what it should.
//   - Granularity is wall time × cores ÷ tasks; efficiency is the arithmetic
//     done, over what all cores do in that time at their peak, which is measured
//     with the same kernel before each run ([Calibrate]). Where others use the
//     machine too, that is the peak of what they leave, and the granularity
//     returned is in seconds of a machine without them.
//   - A [Search] moves the number of iterations geometrically, up or down, until
//     two neighbours have the efficiency of one half between them.
package taskbench
