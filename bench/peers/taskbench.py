"""METG(50 %) of Task Bench's patterns through live worker processes: Dask, Ray.

args: pattern (trivial or stencil_1d), columns, steps. A task hashes the results
that it depends on and then keeps its core busy for a given time, by the clock,
so that a loop of Python has the machine's peak by definition. Granularities
are milliseconds here, so that ten steps tell what a thousand would.
"""

import math
import os
import time

import serve

options = serve.arguments("dask", "ray")

try:
    if options.peer == "dask":
        import dask
        import distributed
    else:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        import ray
except ModuleNotFoundError as error:
    serve.missing(error)

MASK = (1 << 64) - 1
HALF = 0.5


def cell(busy, column, *results):
    """One task: busy seconds, and the hash of its column and results."""
    end = time.perf_counter() + busy
    h = column + 1
    for result in results:
        h = ((h ^ result) * 0x100000001B3) & MASK
    while time.perf_counter() < end:
        pass
    return h


def stencil(columns, column):
    return [j for j in (column - 1, column, column + 1) if 0 <= j < columns]


PATTERNS = {"trivial": lambda columns, column: [], "stencil_1d": stencil}


class Dask:
    def __init__(self):
        self.version = dask.__version__
        cluster = distributed.LocalCluster(
            n_workers=options.threads, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs="ERROR")
        self.client = distributed.Client(cluster)

    def run(self, deps, columns, steps, busy):
        """The whole grid as one graph."""
        task = dask.delayed(cell, pure=False)
        row = [task(busy, i) for i in range(columns)]
        every = list(row)
        for _ in range(steps - 1):
            row = [task(busy, i, *(row[j] for j in deps(columns, i))) for i in range(columns)]
            every += row
        # What nothing depends on is asked for too, or it would not run.
        wanted = row if deps(columns, 0) else every
        return self.client.gather(self.client.compute(wanted, optimize_graph=False))[-columns:]


class Ray:
    def __init__(self):
        self.version = ray.__version__
        ray.init(num_cpus=options.threads, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        self.cell = ray.remote(cell)

    def run(self, deps, columns, steps, busy):
        row = [self.cell.remote(busy, i) for i in range(columns)]
        every = list(row)
        for _ in range(steps - 1):
            row = [self.cell.remote(busy, i, *(row[j] for j in deps(columns, i))) for i in range(columns)]
            every += row
        return ray.get(row if deps(columns, 0) else every)[-columns:]


class Grid:
    """One case: what is run, and where the search before ended."""

    def __init__(self, engine, pattern, columns, steps):
        self.engine, self.deps, self.columns, self.steps = engine, PATTERNS[pattern], columns, steps
        self.busy = 2e-3

    def results(self, busy):
        return self.engine.run(self.deps, self.columns, self.steps, busy)

    def efficiency(self, busy):
        start = time.perf_counter()
        self.results(busy)
        wall = time.perf_counter() - start
        return busy * self.columns * self.steps / (options.threads * wall)

    def metg(self):
        """The seconds and the digest: factors of 2 until half of the peak lies
        between two, then the efficiency is linear in the logarithm."""
        busy = self.busy
        efficiency = self.efficiency(busy)
        up = efficiency < HALF
        while True:
            last, before = busy, efficiency
            busy = busy * 2 if up else busy / 2
            efficiency = self.efficiency(busy)
            if (efficiency >= HALF) == up:
                break
        part = (HALF - before) / (efficiency - before)
        self.busy = last * math.pow(busy / last, part)
        return self.busy / HALF, self.results(0)


def main():
    engine = {"dask": Dask, "ray": Ray}[options.peer]()

    def prepare(case, args):
        grid = Grid(engine, args["pattern"], args["columns"], args["steps"])
        return serve.Timed(grid.metg), lambda results: {"digest": sum(h & 0xFFFFFFFF for h in results)}

    serve.serve(engine.version, prepare)


if __name__ == "__main__":
    main()
