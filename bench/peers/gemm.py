"""OpenBLAS through numpy, or MKL: C = A·B of two matrices in files.

args: type (f64, f32), m, n, k, threads, a, b (files of raw row-major values).
"""

import serve

options = serve.arguments("openblas", "mkl")

try:
    import numpy
    import threadpoolctl

    import blas
except ModuleNotFoundError as error:
    serve.missing(error)


def operands(args):
    kind = {"f64": numpy.float64, "f32": numpy.float32}[args["type"]]
    m, n, k = args["m"], args["n"], args["k"]
    a = numpy.fromfile(args["a"], kind).reshape(m, k)
    b = numpy.fromfile(args["b"], kind).reshape(k, n)
    return a, b, numpy.empty((m, n), kind)


def prepare_openblas(case, args):
    a, b, c = operands(args)
    threadpoolctl.threadpool_limits(args["threads"], user_api="blas")
    return lambda: numpy.matmul(a, b, out=c), blas.figures


def prepare_mkl(case, args):
    a, b, c = operands(args)
    multiply = library.product(a, b, c, args["threads"])

    def run():
        multiply()
        return c

    return run, blas.figures


if options.peer == "mkl":
    import mkl

    try:
        library = mkl.Library()
    except FileNotFoundError:
        serve.missing(ModuleNotFoundError(name="mkl"))
    serve.serve(library.version, prepare_mkl)
else:
    blas.insist_on_avx512()
    pool = blas.openblas()
    serve.serve(f"{pool['version']} {pool['architecture']}", prepare_openblas)
