// Package sending has requests to AWS's services go out in one piece.
//
// The SDK closes a request's body as soon as an answer begins. The transport, which sends headers and body apart where it
// does not know what a body is made of, may then still have to look whether there is more of it; it is told io.EOF, takes
// that for an error, and closes the connection while its answer is being read ("use of closed network connection"). It
// happens where the two cores that race for it are busy: the SDK tries again, on a new connection, and now and then three
// times in vain. A body that lies in memory and is the request's own is not closed under way, and goes out with the
// headers: one write to the connection, not two.
//
// Nor does a request wait for ever. The SDK sets no limit: a connection that died while the function was frozen, or a
// service that hangs, would take all of the function's time from it, and with it the tries that would have been answered.
// So each has its share of the time that is left.
package sending
