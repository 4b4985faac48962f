"""OpenBLAS through numpy: C = A·B of two matrices in files.

args: type (f64, f32), m, n, k, threads, a, b (files of raw row-major values).
"""

import serve

try:
    import numpy
    import threadpoolctl

    import blas
except ModuleNotFoundError as error:
    serve.missing(error)


def prepare(case, args):
    kind = {"f64": numpy.float64, "f32": numpy.float32}[args["type"]]
    m, n, k = args["m"], args["n"], args["k"]
    a = numpy.fromfile(args["a"], kind).reshape(m, k)
    b = numpy.fromfile(args["b"], kind).reshape(k, n)
    c = numpy.empty((m, n), kind)
    threadpoolctl.threadpool_limits(args["threads"], user_api="blas")
    return lambda: numpy.matmul(a, b, out=c), blas.figures


serve.arguments("openblas")
blas.insist_on_avx512()
pool = blas.openblas()
serve.serve(f"{pool['version']} {pool['architecture']}", prepare)
