package lambda

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
)

// conn is an instance's connection to the Runtime API. It finds out whether a
// process that died had read all that it was sent: TCP answers with a reset
// when a socket is closed with bytes unread, or gets bytes after it was closed,
// and with an orderly end otherwise (RFC 1122, 4.2.2.13).
//
// A reset is a proof that something was left unread; its absence proves nothing
// in the instant between a process's last read and its end, so callers treat
// that as read.
type conn struct {
	net.Conn
	reset  atomic.Bool // final once closed
	close  sync.Once
	closed chan struct{} // closed when the server is done with the connection
}

func newConn(c net.Conn) *conn { return &conn{Conn: c, closed: make(chan struct{})} }

func (c *conn) isClosed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.note(err)
	return n, err
}

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.note(err)
	return n, err
}

// Close asks the socket once more: a reset that came after the peer's end was
// read is never reported by Read.
func (c *conn) Close() error {
	c.close.Do(func() {
		if tcp, ok := c.Conn.(*net.TCPConn); ok {
			c.note(pending(tcp))
		}
		close(c.closed)
	})
	return c.Conn.Close()
}

func (c *conn) note(err error) {
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		c.reset.Store(true)
	}
}

// pending is the socket's own error that no call has reported yet.
func pending(tcp *net.TCPConn) error {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	var number int
	var asked error
	if err := raw.Control(func(fd uintptr) {
		number, asked = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR)
	}); err != nil {
		return err
	}
	if asked != nil {
		return asked
	}
	if number != 0 {
		return syscall.Errno(number)
	}
	return nil
}

// listener wraps every connection, connKey finds it again in a request.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newConn(c), nil
}

type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

func connOf(ctx context.Context) *conn { return ctx.Value(connKey{}).(*conn) }
