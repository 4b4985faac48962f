package asm

//go:generate go -C _gen run . -kernels products -out ../kernels_amd64.s -stubs ../kernels_amd64.go -pkg asm
//go:generate go -C _gen run . -kernels vectors -out ../vector_amd64.s -stubs ../vector_amd64.go -pkg asm
//go:generate go -C _gen run . -kernels marks -out ../marks_amd64.s -stubs ../marks_amd64.go -pkg asm
//go:generate go -C _gen run . -kernels bitmaps -out ../bitmaps_amd64.s -stubs ../bitmaps_amd64.go -pkg asm
//go:generate go -C _gen run . -kernels codes -out ../codes_amd64.s -stubs ../codes_amd64.go -pkg asm
//go:generate go -C _gen run . -kernels rows -out ../rows_amd64.s -stubs ../rows_amd64.go -pkg asm
//go:generate go -C _gen run . -kernels portable
