"""What the programs on matrices share: the figures of an answer, and OpenBLAS
under numpy with its best kernels."""

import os
import sys

import numpy
import serve
import threadpoolctl


def figures(x):
    """The figures of our side's digestMatrix."""
    x = x.astype(numpy.float64)
    row = 1 + numpy.arange(x.shape[0]) % 7
    column = 1 + numpy.arange(x.shape[1]) % 11
    return {"sum": x.sum(), "weighted": row @ x @ column, "squares": (x * x).sum()}


def openblas():
    for pool in threadpoolctl.threadpool_info():
        if pool["internal_api"] == "openblas":
            return pool
    raise RuntimeError("this numpy is not built on OpenBLAS")


def insist_on_avx512():
    """Starts this program again with OpenBLAS's AVX-512 kernels where the
    processor has the instructions and OpenBLAS did not pick them by itself."""
    if sys.platform != "linux":
        return
    avx512 = {"SkylakeX", "Cooperlake", "SapphireRapids"}
    with open("/proc/cpuinfo") as info:
        has = " avx512vl " in info.read()
    if has and openblas()["architecture"] not in avx512 and "ASHLAR_PEER_AGAIN" not in os.environ:
        again = dict(os.environ, OPENBLAS_CORETYPE="SkylakeX", ASHLAR_PEER_AGAIN="1")
        os.dup2(serve.answers.fileno(), 1)
        os.execve(sys.executable, [sys.executable] + sys.argv, again)
