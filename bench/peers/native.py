"""The routines of a BLAS and LAPACK in a shared library, through ctypes:
OpenBLAS as numpy brings it, or Intel's MKL from the environment that setup.sh
--mkl makes. Matrices are row-major for BLAS, as on our side; LAPACK's are by
columns."""

import ctypes
import glob
import os
import pathlib
import time

import blas

ROWS, PLAIN, TURNED, UPPER, LOWER, NONUNIT, LEFT, RIGHT = 101, 111, 112, 121, 122, 131, 141, 142


def at(x):
    return ctypes.c_void_p(x.ctypes.data)


class Library:
    """call("cblas_dgemm", …) and lapack("dpotrf", …) call a routine; whole
    makes an integer of the library's kind."""

    def __init__(self, handle, version, names, whole, limit):
        self.handle, self.version, self.names, self.whole, self.limit = handle, version, names, whole, limit

    def routine(self, name, result=None):
        f = getattr(self.handle, self.names[name.startswith("cblas_")].format(name))
        f.restype = result
        return f

    def lapack(self, name, *args):
        """Calls a routine of Fortran's, whose arguments are all by reference,
        and returns its last one, which tells whether it went well."""
        info = self.whole(0)
        refs = [ctypes.byref(x) if isinstance(x, (self.whole, ctypes.c_char)) else at(x) for x in args]
        letters = [ctypes.c_size_t(1) for x in args if isinstance(x, ctypes.c_char)]
        self.routine(name)(*refs, ctypes.byref(info), *letters)
        if info.value:
            raise ArithmeticError(f"{name} says {info.value}")


def openblas():
    pool = blas.openblas()
    handle = ctypes.CDLL(pool["filepath"])
    limit = handle.scipy_openblas_set_num_threads64_
    return Library(handle, f"{pool['version']} {pool['architecture']}", ("scipy_{}_64_", "scipy_{}64_"), ctypes.c_int64, limit)


def mkl():
    root = pathlib.Path(__file__).parent / ".venv-mkl"

    def load(pattern):
        found = sorted(glob.glob(str(root / "lib" / pattern)))
        if not found:
            raise FileNotFoundError(pattern)
        return ctypes.CDLL(found[0], mode=ctypes.RTLD_GLOBAL)

    # Its idle threads spin for 200 ms by default, which would take a core from
    # whoever runs next; as long as OpenBLAS's spares it the waking.
    os.environ["KMP_BLOCKTIME"] = "25us"
    os.environ["MKL_THREADING_LAYER"] = "INTEL"
    os.environ["MKL_INTERFACE_LAYER"] = "LP64"
    if blas.only_avx2():
        os.environ["MKL_ENABLE_INSTRUCTIONS"] = "AVX2"
    load("libiomp5.so")
    handle = load("libmkl_rt.so*")
    text = ctypes.create_string_buffer(200)
    handle.MKL_Get_Version_String(text, len(text))
    version = text.value.decode().split("Version ")[1].split("-")[0]
    return Library(handle, version, ("{}_", "{}"), ctypes.c_int32, handle.MKL_Set_Num_Threads)


def least(run, times):
    """The least seconds that run takes."""

    def once():
        start = time.perf_counter()
        run()
        return time.perf_counter() - start

    return min(once() for _ in range(times))
