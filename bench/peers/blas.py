"""What the programs on matrices share: the figures of an answer, and OpenBLAS
under numpy with the kernels that ours are to be set beside."""

import os
import sys

import numpy
import serve
import threadpoolctl


def figures(x):
    """The figures of our side's digestMatrix."""
    x = numpy.atleast_2d(x).astype(numpy.float64)
    row = 1 + numpy.arange(x.shape[0]) % 7
    column = 1 + numpy.arange(x.shape[1]) % 11
    return {"sum": x.sum(), "weighted": row @ x @ column, "squares": (x * x).sum()}


def openblas():
    for pool in threadpoolctl.threadpool_info():
        if pool["internal_api"] == "openblas":
            return pool
    raise RuntimeError("this numpy is not built on OpenBLAS")


AVX512 = {"SkylakeX", "Cooperlake", "SapphireRapids"}
AVX2 = {"Haswell", "Zen"}


def only_avx2():
    """Tells whether our side runs without AVX-512, which is then true of all."""
    return os.environ.get("ASHLAR_KERNELS") == "avx2"


def insist_on_best():
    """Starts this program again with OpenBLAS's AVX-512 kernels where the
    processor has the instructions and OpenBLAS did not pick them by itself, or
    with those of AVX2 where ours are held to them."""
    if sys.platform != "linux":
        return
    with open("/proc/cpuinfo") as info:
        has = " avx512vl " in info.read()
    wanted, kernels = (AVX2, "Haswell") if only_avx2() else (AVX512, "SkylakeX")
    if (has or only_avx2()) and openblas()["architecture"] not in wanted and "ASHLAR_PEER_AGAIN" not in os.environ:
        again = dict(os.environ, OPENBLAS_CORETYPE=kernels, ASHLAR_PEER_AGAIN="1")
        os.dup2(serve.answers.fileno(), 1)
        os.execve(sys.executable, [sys.executable] + sys.argv, again)
