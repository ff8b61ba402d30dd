package lambda

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// runtimeAPI serves the four calls of the Lambda Runtime API, version
// 2018-06-01, to all instances.
func (s *Service) runtimeAPI() http.Handler {
	const base = "/{function}/{instance}/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+"invocation/next", s.forInstance((*instance).next))
	mux.HandleFunc("POST "+base+"invocation/{request}/response", s.forInstance((*instance).response))
	mux.HandleFunc("POST "+base+"invocation/{request}/error", s.forInstance((*instance).failure))
	mux.HandleFunc("POST "+base+"init/error", s.forInstance((*instance).initFailure))
	return mux
}

// forInstance finds the instance that a path names.
func (s *Service) forInstance(call func(*instance, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if p := s.pools[r.PathValue("function")]; p != nil {
			p.mu.Lock()
			inst := p.instances[r.PathValue("instance")]
			p.mu.Unlock()
			if inst != nil {
				call(inst, w, r)
				return
			}
		}
		refuse(w, http.StatusForbidden, "InvalidInstance", "no such instance")
	}
}

// next answers the next event as soon as there is one.
func (i *instance) next(w http.ResponseWriter, r *http.Request) {
	inv, err := i.park(connOf(r.Context()))
	if err != nil {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", err.Error())
		return
	}
	if inv == nil {
		select {
		case inv = <-i.offer:
		case <-r.Context().Done():
		}
	}
	if r.Context().Err() != nil {
		i.left()
		return
	}
	h := w.Header()
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadlineOf(inv).UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", i.pool.arn)
	h.Set("Lambda-Runtime-Trace-Id", inv.trace)
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	_, err = w.Write(inv.payload)
	if err == nil {
		err = http.NewResponseController(w).Flush()
	}
	if err != nil {
		i.left()
	}
}

// park makes the instance idle, or gives it the request that waits. It is also
// what completes the instance's start, and its last invocation.
func (i *instance) park(c *conn) (*invocation, error) {
	p := i.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case i.dead:
		return nil, errors.New("the process has ended")
	case i.conn == nil:
		p.starting--
		p.spent.Starts = append(p.spent.Starts, time.Since(i.spawned))
	case i.current == nil:
		return nil, errors.New("already waiting for the next event")
	case !i.current.settled:
		return nil, errors.New("the last event is not answered")
	}
	i.timer.Stop()
	i.conn = c
	i.current = nil
	if i.retired {
		i.kill()
	}
	switch {
	case i.doomed: // being killed; whoever waits gets another
		return nil, nil
	case len(p.queue) == 0:
		p.idle = append(p.idle, i)
		return nil, nil
	}
	return p.assign(i), nil
}

func (i *instance) deadlineOf(inv *invocation) time.Time {
	i.pool.mu.Lock()
	defer i.pool.mu.Unlock()
	return i.deadline
}

// left is an instance whose connection ended before an event was on it: it is
// dying, or no longer knows its own protocol. The event goes to another.
func (i *instance) left() {
	p := i.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unpark(i)
	i.kill()
	if i.current != nil && !i.current.settled {
		p.release(i)
	}
	p.dispatch()
}

// response takes a function's answer.
func (i *instance) response(w http.ResponseWriter, r *http.Request) {
	i.answering(r)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, payloadLimit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		failure := found(TypeResponseSize, fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", payloadLimit))
		if i.settle(w, r, nil, failure) {
			refuse(w, http.StatusRequestEntityTooLarge, failure.Type, failure.Message)
		}
		return
	}
	if err != nil { // the process died while it answered: that is told by its end
		return
	}
	// A function that fails in the middle of an answer that it streams says so
	// behind it.
	if kind := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); kind != "" {
		err = found(kind, "the function failed while it sent its response")
	}
	if i.settle(w, r, body, err) {
		w.WriteHeader(http.StatusAccepted)
	}
}

// failure takes a function's error.
func (i *instance) failure(w http.ResponseWriter, r *http.Request) {
	i.answering(r)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, payloadLimit))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, TypeResponseSize, err.Error())
		return
	}
	if i.settle(w, r, nil, reported(body)) {
		w.WriteHeader(http.StatusAccepted)
	}
}

// initFailure takes the error of a function that cannot start. The process is
// expected to end itself.
func (i *instance) initFailure(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, payloadLimit))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, TypeResponseSize, err.Error())
		return
	}
	i.pool.mu.Lock()
	defer i.pool.mu.Unlock()
	if i.conn != nil {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the function has started")
		return
	}
	i.initError = reported(body)
	w.WriteHeader(http.StatusAccepted)
}

// answering notes that the function has begun to answer its event, which it
// therefore has taken. From here on a reset of the connection says nothing about
// the event: it may as well be our reply to half an answer that was not read.
func (i *instance) answering(r *http.Request) {
	i.pool.mu.Lock()
	defer i.pool.mu.Unlock()
	if i.current != nil && i.current.id == r.PathValue("request") {
		i.taken = true
	}
}

// settle hands an outcome to the caller, if it is for the request that the
// instance has; otherwise it refuses, and returns false.
func (i *instance) settle(w http.ResponseWriter, r *http.Request, response []byte, err error) bool {
	i.pool.mu.Lock()
	defer i.pool.mu.Unlock()
	inv := i.current
	if inv == nil || inv.id != r.PathValue("request") || inv.settled {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "not the request that this instance has to answer")
		return false
	}
	inv.settle(response, err)
	return true
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(report{kind, message}) // a caller that has left needs no answer
}
