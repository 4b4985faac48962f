"""OpenBLAS through numpy: C = A·B of two matrices in files.

args: type (f64, f32), m, n, k, threads, a, b (files of raw row-major values).
"""

import os
import sys

import serve

try:
    import numpy
    import threadpoolctl
except ModuleNotFoundError as error:
    serve.missing(error)


def openblas():
    for pool in threadpoolctl.threadpool_info():
        if pool["internal_api"] == "openblas":
            return pool
    raise RuntimeError("this numpy is not built on OpenBLAS")


def insist_on_avx512():
    """Starts this program again with OpenBLAS's AVX-512 kernels where the
    processor has the instructions and OpenBLAS did not pick them by itself."""
    avx512 = {"SkylakeX", "Cooperlake", "SapphireRapids"}
    with open("/proc/cpuinfo") as info:
        has = " avx512vl " in info.read()
    if has and openblas()["architecture"] not in avx512 and "ASHLAR_PEER_AGAIN" not in os.environ:
        again = dict(os.environ, OPENBLAS_CORETYPE="SkylakeX", ASHLAR_PEER_AGAIN="1")
        os.dup2(serve._answers.fileno(), 1)
        os.execve(sys.executable, [sys.executable] + sys.argv, again)


def prepare(case, args):
    kind = {"f64": numpy.float64, "f32": numpy.float32}[args["type"]]
    m, n, k = args["m"], args["n"], args["k"]
    a = numpy.fromfile(args["a"], kind).reshape(m, k)
    b = numpy.fromfile(args["b"], kind).reshape(k, n)
    c = numpy.empty((m, n), kind)
    threadpoolctl.threadpool_limits(args["threads"], user_api="blas")

    def digest(c):
        c = c.astype(numpy.float64)
        # Weights that tell rows and columns apart, the same on our side.
        row = 1 + numpy.arange(m) % 7
        column = 1 + numpy.arange(n) % 11
        return {"sum": c.sum(), "weighted": row @ c @ column, "squares": (c * c).sum()}

    return lambda: numpy.matmul(a, b, out=c), digest


serve.arguments("openblas")
if sys.platform == "linux":
    insist_on_avx512()
pool = openblas()
serve.serve(f"{pool['version']} {pool['architecture']}", prepare)
