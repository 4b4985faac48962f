"""Linear algebra on matrices in files: dask.array with threads, one BLAS
thread a task.

args: problem (matmul, cholesky, qr, lstsq), m, n (the shape of A), block (rows
and columns of a block; rows only where A is tall), threads, a, b (files of raw
row-major float64).
"""

import serve

options = serve.arguments("dask")

try:
    import dask
    import dask.array
    import numpy
    import scipy.linalg  # before the limit on threads below, which it then heeds
    import threadpoolctl

    import blas
except ModuleNotFoundError as error:
    serve.missing(error)


def matrix(file, shape, chunks):
    return dask.array.from_array(numpy.fromfile(file).reshape(shape), chunks=chunks)


def done(*lazy):
    """Computes what is asked for and leaves it in its blocks."""
    return dask.persist(*lazy)


def prepare(case, args):
    m, n, block = args["m"], args["n"], args["block"]
    problem = args["problem"]
    if problem in ("matmul", "cholesky"):
        a = matrix(args["a"], (m, n), (block, block))
        if problem == "matmul":
            b = matrix(args["b"], (n, n), (block, block))
            return lambda: done(a @ b), lambda r: blas.figures(r[0].compute())
        return lambda: done(dask.array.linalg.cholesky(a, lower=True)), lambda r: blas.figures(numpy.tril(r[0].compute()))
    a = matrix(args["a"], (m, n), (block, n))
    if problem == "qr":
        # The signs of R's rows are anyone's choice.
        return lambda: done(*dask.array.linalg.qr(a)), lambda r: blas.figures(abs(r[1].compute()))
    b = matrix(args["b"], (m,), (block,))
    return lambda: done(dask.array.linalg.lstsq(a, b)[0]), lambda r: blas.figures(r[0].compute().reshape(-1, 1))


blas.insist_on_best()
threadpoolctl.threadpool_limits(1, user_api="blas")
dask.config.set(scheduler="threads", num_workers=options.threads)
serve.serve(dask.__version__, prepare)
