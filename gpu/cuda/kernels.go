//go:build cuda && cgo && linux && (amd64 || arm64)

package cuda

import _ "embed"

// kernelPTX is kernels.cu, compiled by compile.py.
//
//go:embed kernels.ptx
var kernelPTX string
