package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

// log writes what one function logs, as the function wrote it. Of the service around it, it writes how far its start
// has come, and from then on what went wrong.
type log struct {
	slog.Handler // of what is not the function's
	out          io.Writer
	function     string
	level        *slog.LevelVar
}

func newLog(out io.Writer, function string) *log {
	level := new(slog.LevelVar)
	return &log{slog.NewTextHandler(out, &slog.HandlerOptions{Level: level}), out, function, level}
}

// started tells that the service is up.
func (l *log) started() { l.level.Set(slog.LevelWarn) }

// Enabled lets everything through to Handle, which alone knows whose a record is.
func (l *log) Enabled(context.Context, slog.Level) bool { return true }

// Handle writes a record of package lambda that has a line of the function's; see there for its form.
func (l *log) Handle(ctx context.Context, record slog.Record) error {
	var function string
	var line any
	record.Attrs(func(attribute slog.Attr) bool {
		switch attribute.Key {
		case "function":
			function = attribute.Value.String()
		case "record", "line":
			line = attribute.Value.Any()
		}
		return true
	})
	switch {
	case line != nil && function == l.function:
		_, err := fmt.Fprintf(l.out, "%s\n", line)
		return err
	case line == nil && l.Handler.Enabled(ctx, record.Level):
		return l.Handler.Handle(ctx, record)
	}
	return nil
}
