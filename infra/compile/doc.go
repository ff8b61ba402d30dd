// Package compile is the one way in which a function's binary is made, for AWS and for this machine: the flags stand here
// and nowhere else.
//
// The same source makes the same bytes, wherever it lies and whether or not git is there: paths are trimmed and no commit
// is stamped in. So a package that is deployed can be made again and compared, and a commit that changes nothing of a
// function does not deploy it anew. What does change the bytes is Go's version, which go.mod pins.
//
// It is not for the CDK's app or for tools, which nobody deploys.
package compile
