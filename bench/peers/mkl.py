"""Intel's MKL, from the environment that setup.sh --mkl makes, through ctypes."""

import ctypes
import glob
import os
import pathlib

ROOT = pathlib.Path(__file__).parent / ".venv-mkl"


def _load(pattern):
    found = sorted(glob.glob(str(ROOT / "lib" / pattern)))
    if not found:
        raise FileNotFoundError(pattern)
    return ctypes.CDLL(found[0], mode=ctypes.RTLD_GLOBAL)


class Library:
    def __init__(self):
        # Its idle threads spin for 200 ms by default, which would take a core
        # from whoever runs next; as long as OpenBLAS's spares it the waking.
        os.environ["KMP_BLOCKTIME"] = "25us"
        os.environ["MKL_THREADING_LAYER"] = "INTEL"
        os.environ["MKL_INTERFACE_LAYER"] = "LP64"
        _load("libiomp5.so")
        self.mkl = _load("libmkl_rt.so*")
        text = ctypes.create_string_buffer(200)
        self.mkl.MKL_Get_Version_String(text, len(text))
        self.version = text.value.decode().split("Version ")[1].split("-")[0]

    def product(self, a, b, c, threads):
        """Returns what multiplies two matrices, row by row, on so many threads."""
        self.mkl.MKL_Set_Num_Threads(threads)
        double = a.itemsize == 8
        call, real = (self.mkl.cblas_dgemm, ctypes.c_double) if double else (self.mkl.cblas_sgemm, ctypes.c_float)
        (m, k), n = a.shape, b.shape[1]
        rows, plain, at = 101, 111, lambda x: ctypes.c_void_p(x.ctypes.data)
        args = (rows, plain, plain, m, n, k, real(1), at(a), k, at(b), n, real(0), at(c), n)

        def run(alive=(a, b, c)):
            call(*args)

        return run
