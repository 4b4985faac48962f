#!/usr/bin/env python3
"""Compiles kernels.cu to kernels.ptx with NVRTC; no device is needed.

    python3 compile.py          write kernels.ptx
    python3 compile.py -check   fail if kernels.ptx is not what would be written

NVRTC 11.8.89 is taken from the PyPI package nvidia-cuda-nvrtc-cu11, fetched
with pip into a temporary directory; NVRTC_LIB may name a libnvrtc.so.11.2 that
is there already. The PTX is for compute capability 7.0, the oldest that is
supported; the driver compiles it for the device that it finds.
"""
import ctypes
import os
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "nvidia-cuda-nvrtc-cu11==11.8.89"
OPTIONS = ["--gpu-architecture=compute_70", "--fmad=false", "--std=c++14"]
HERE = os.path.dirname(os.path.abspath(__file__))


def fetch(into):
    """Downloads NVRTC and returns the path of its library."""
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps",
                    "--only-binary=:all:", "-d", into, PACKAGE], check=True)
    wheel = next(f for f in os.listdir(into) if f.endswith(".whl"))
    with zipfile.ZipFile(os.path.join(into, wheel)) as z:
        z.extractall(into)
    return os.path.join(into, "nvidia/cuda_nvrtc/lib/libnvrtc.so.11.2")


def check(nvrtc, code, prog=None):
    if code == 0:
        return
    if prog is not None:
        n = ctypes.c_size_t()
        nvrtc.nvrtcGetProgramLogSize(prog, ctypes.byref(n))
        log = ctypes.create_string_buffer(n.value)
        nvrtc.nvrtcGetProgramLog(prog, log)
        sys.stderr.write(log.value.decode())
    nvrtc.nvrtcGetErrorString.restype = ctypes.c_char_p
    sys.exit("compile.py: " + nvrtc.nvrtcGetErrorString(code).decode())


def ptx(nvrtc):
    def read(name):
        with open(os.path.join(HERE, name), "rb") as f:
            return f.read()
    headers = (ctypes.c_char_p * 1)(read("opcode.h"))
    names = (ctypes.c_char_p * 1)(b"opcode.h")
    prog = ctypes.c_void_p()
    check(nvrtc, nvrtc.nvrtcCreateProgram(ctypes.byref(prog), read("kernels.cu"), b"kernels.cu", 1, headers, names))
    options = (ctypes.c_char_p * len(OPTIONS))(*[o.encode() for o in OPTIONS])
    check(nvrtc, nvrtc.nvrtcCompileProgram(prog, len(OPTIONS), options), prog)
    n = ctypes.c_size_t()
    check(nvrtc, nvrtc.nvrtcGetPTXSize(prog, ctypes.byref(n)))
    out = ctypes.create_string_buffer(n.value)
    check(nvrtc, nvrtc.nvrtcGetPTX(prog, out))
    return out.value


def main():
    with tempfile.TemporaryDirectory() as tmp:
        nvrtc = ctypes.CDLL(os.environ.get("NVRTC_LIB") or fetch(tmp))
        made = ptx(nvrtc)
    path = os.path.join(HERE, "kernels.ptx")
    if "-check" in sys.argv[1:]:
        with open(path, "rb") as f:
            if f.read() != made:
                sys.exit("compile.py: kernels.ptx is stale; run python3 gpu/cuda/compile.py")
        return
    with open(path, "wb") as f:
        f.write(made)


main()
