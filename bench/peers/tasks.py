"""Tasks that do nothing, through live worker processes: Dask, Ray.

args: problem (noops, chain, tree, submits, latency, or what Dask.exchange has),
n (tasks, or exchanges), percentile (of latencies). Each worker process has one thread. Where the peer is slow a sample
of n stands for all of them: the time is scaled, and figures are per task.
"""

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

SAMPLE = {"noops": 2000, "chain": 500, "tree": 1 << 9, "submits": 1000}


def one(_):
    return 1


def increment(x):
    return x + 1


def add(x, y):
    return x + y


class Dask:
    def __init__(self):
        self.version = dask.__version__
        cluster = distributed.LocalCluster(
            n_workers=options.threads, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs="ERROR")
        self.client = distributed.Client(cluster)

    def noops(self, n):
        futures = self.client.map(one, range(n), pure=False)
        distributed.wait(futures)
        return sum(self.client.gather(futures)) / n

    def chain(self, n):
        x = dask.delayed(one, pure=False)(0)
        for _ in range(n - 1):
            x = dask.delayed(increment, pure=False)(x)
        return self.client.compute(x, optimize_graph=False).result() / n

    def tree(self, leaves):
        level = [dask.delayed(one, pure=False)(i) for i in range(leaves)]
        while len(level) > 1:
            level = [dask.delayed(add, pure=False)(x, y) for x, y in zip(level[::2], level[1::2])]
        return self.client.compute(level[0], optimize_graph=False).result() / leaves

    def submits(self, n):
        futures = [self.client.submit(one, i, pure=False) for i in range(n)]
        distributed.wait(futures)
        return sum(self.client.gather(futures)) / n

    def once(self):
        return self.client.submit(one, 0, pure=False).result()

    def exchange(self, problem):
        """What one client does with the primitive of that name; it returns 1."""
        if problem == "lock":
            return acquire_release(distributed.Lock("bench"))
        if problem == "multilock":
            lock = distributed.MultiLock(["bench a", "bench b", "bench c"], client=self.client)
            return acquire_release(lock, num_locks=2)
        if problem == "semaphore":
            return acquire_release(distributed.Semaphore(2, name="bench permits"))
        if problem == "event":
            event = distributed.Event("bench", client=self.client)
            return lambda: (event.set(), event.wait(), event.clear()) and 1
        if problem == "queue":
            queue = distributed.Queue("bench", maxsize=10, client=self.client)
            return lambda: queue.put(7) or queue.get() // 7
        variable = distributed.Variable("bench", client=self.client)
        return lambda: variable.set(7) or variable.get() // 7


def acquire_release(lock, **arguments):
    def once():
        right = lock.acquire(**arguments)
        lock.release()
        return int(right)

    return once


class Ray:
    def __init__(self):
        self.version = ray.__version__
        ray.init(num_cpus=options.threads, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        self.one, self.increment, self.add = ray.remote(one), ray.remote(increment), ray.remote(add)

    def noops(self, n):
        return sum(ray.get([self.one.remote(0) for _ in range(n)])) / n

    def chain(self, n):
        x = self.one.remote(0)
        for _ in range(n - 1):
            x = self.increment.remote(x)
        return ray.get(x) / n

    def tree(self, leaves):
        level = [self.one.remote(i) for i in range(leaves)]
        while len(level) > 1:
            level = [self.add.remote(x, y) for x, y in zip(level[::2], level[1::2])]
        return ray.get(level[0]) / leaves

    submits = noops  # each remote call is a submission already

    def once(self):
        return ray.get(self.one.remote(0))


EXCHANGES = {"lock", "multilock", "semaphore", "event", "queue", "variable"}


def latency(once, n, percentile):
    """The percentile of the times that once takes, n times, as if it were all the
    time that the case took, and what it returns on average."""
    times, right = [], 0
    for _ in range(n):
        start = time.perf_counter()
        right += once()
        times.append(time.perf_counter() - start)
    return sorted(times)[min(n - 1, int(n * percentile / 100))], right / n


def main():
    engine = {"dask": Dask, "ray": Ray}[options.peer]()

    def prepare(case, args):
        problem, n = args["problem"], args["n"]
        if problem == "latency" or problem in EXCHANGES:
            once = engine.once if problem == "latency" else engine.exchange(problem)
            return serve.Timed(lambda: latency(once, n, args["percentile"])), lambda each: {"each": each}
        sample = min(n, SAMPLE[problem])
        scale = n / sample if problem != "tree" else (2 * n - 1) / (2 * sample - 1)
        return serve.Scaled(lambda: getattr(engine, problem)(sample), scale), lambda each: {"each": each}

    serve.serve(engine.version, prepare)


if __name__ == "__main__":
    main()
