// Package cuda drives NVIDIA devices through gorgonia.org/cu, behind the build
// tag cuda; without the tag there are no devices.
//
// Decisions:
//
//   - A program built with the tag starts on any machine. gorgonia.org/cu links
//     against libcuda and ends the process when there is no driver, so driver.c
//     defines the functions that it calls and forwards them to libcuda.so.1,
//     opened at run time; see [DriverError].
//   - The kernels are CUDA C (kernels.cu), compiled to PTX by compile.py with a
//     pinned NVRTC. The PTX is committed and embedded, for compute capability
//     7.0; the driver compiles it for the device. Nothing of CUDA but the driver
//     is needed to run, and headers.sh gets what is needed to build.
//   - A device uses its primary context, which libraries share. Each call binds
//     the context to the thread that it happens to be on, so callers need not
//     keep to one thread.
//   - Products go through cuBLAS where there is one (blas.c, blas.go): it is opened
//     at run time by name or path, one handle a stream. What BLAS has no form for,
//     such as factors whose elements lie apart in both directions, and everything
//     where it is missing, goes to the kernels here; Info.Products says which and
//     why. cuBLAS takes memory of the device beside the account. Its sums are in
//     another order than those of the kernels here.
//   - Host memory that copies go through is allocated by the driver; package cu has
//     no such call, so pinned.go makes it.
//   - CUDA_VISIBLE_DEVICES is obeyed by the driver; ordinals are those that
//     remain.
//   - Directory emulator builds a libcuda.so.1 that runs kernels.cu on the host,
//     so that all of this package but the PTX is tested without a device. Of cuBLAS
//     the tests build a stand-in (testdata/cublas.c).
//
// Neither the PTX nor a real cuBLAS has run on hardware.
package cuda
