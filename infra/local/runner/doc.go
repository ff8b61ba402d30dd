// Package runner runs the service on one machine: the parts of infra/local/parts, each function's own binary, and
// around them what AWS does with routes, stream and schedule, as package deployment declares them.
//
// It is for demonstration, development and tests. What the functions do with what they are given is theirs alone: here
// is nothing that knows a user or a change, but the demo (infra/local/demo).
package runner
