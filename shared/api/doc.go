// Package api declares the operations of the service once: id, method, path, function, and the types on the wire.
//
// The functions register handlers for these declarations (package httpapi checks types at compile time), the gateway's
// routes are made from them (package infra/deployment), and the OpenAPI document describes them. It holds no behaviour:
// what an operation means is in package directory.
package api
