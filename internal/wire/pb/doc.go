// Package pb is the generated code of control.proto, the control messages
// between client, scheduler and workers. Only internal/wire and the servers
// and clients above it see it.
package pb

//go:generate protoc --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative control.proto
