package lambda

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// asyncRetries are the waits before Lambda repeats an asynchronous invocation
// that failed.
var asyncRetries = [...]time.Duration{time.Minute, 2 * time.Minute}

// InvokeAPI serves the Invoke operation of Lambda's own API,
//
//	POST /2015-03-31/functions/{name}/invocations
//
// for those who know functions by that: X-Amz-Invocation-Type RequestResponse
// (the default), Event and DryRun; the name may be an ARN, whole or partial, and
// may have a qualifier, which is not looked at: there is one version. An Event
// that fails is repeated after one minute and after two more, and then logged
// as lost. Requests are not authenticated.
func (s *Service) InvokeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", s.invocations)
	return mux
}

func (s *Service) invocations(w http.ResponseWriter, r *http.Request) {
	name := nameOf(r.PathValue("name"))
	if _, ok := s.pools[name]; !ok {
		refuseCall(w, ErrUnknownFunction)
		return
	}
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, payloadLimit))
	if err != nil {
		refuseCall(w, ErrPayloadTooLarge)
		return
	}
	if len(payload) == 0 {
		payload = []byte("{}") // what Lambda makes of no payload
	}
	if !json.Valid(payload) {
		answer(w, http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json.", "")
		return
	}
	switch kind := r.Header.Get("X-Amz-Invocation-Type"); kind {
	case "", "RequestResponse":
		s.invokeSync(w, r, name, payload)
	case "Event":
		if err := s.InvokeAsync(name, payload); err != nil {
			refuseCall(w, err)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
	default:
		answer(w, http.StatusBadRequest, "InvalidParameterValueException", "Unknown invocation type: "+kind, "")
	}
}

func (s *Service) invokeSync(w http.ResponseWriter, r *http.Request, name string, payload []byte) {
	response, err := s.Invoke(r.Context(), name, payload)
	h := w.Header()
	if failed := (*FunctionError)(nil); errors.As(err, &failed) {
		h.Set("X-Amz-Function-Error", "Unhandled")
		response = failed.Payload
	} else if err != nil {
		refuseCall(w, err)
		return
	}
	h.Set("Content-Type", "application/json")
	h.Set("X-Amz-Executed-Version", "$LATEST")
	w.Write(response) // a caller that has left needs no answer
}

// InvokeAsync has the function handle the payload when nobody waits for its
// answer, as InvokeAPI does with an Event.
func (s *Service) InvokeAsync(function string, payload []byte) error {
	p, ok := s.pools[function]
	if !ok {
		return ErrUnknownFunction
	}
	return p.background(func() { s.invokeAsync(function, payload) })
}

func (s *Service) invokeAsync(name string, payload []byte) {
	for attempt := 0; ; attempt++ {
		_, err := s.Invoke(s.ctx, name, payload)
		if err == nil {
			return
		}
		if s.ctx.Err() != nil || attempt == len(asyncRetries) {
			s.log.Error("asynchronous invocation lost", "function", name, "attempts", attempt+1, "error", err)
			return
		}
		select {
		case <-time.After(asyncRetries[attempt]):
		case <-s.ctx.Done():
		}
	}
}

// refuseCall answers with the exception that Lambda has for the error.
func refuseCall(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, ErrUnknownFunction):
		answer(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found", "")
	case errors.Is(err, ErrPayloadTooLarge):
		answer(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException", "Request must be smaller than 6291556 bytes for the InvokeFunction operation", "")
	case errors.Is(err, ErrThrottled):
		answer(w, http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.", "ReservedFunctionConcurrentInvocationLimitExceeded")
	default:
		answer(w, http.StatusInternalServerError, "ServiceException", "The service is shutting down, or the caller has left", "")
	}
}

// answer writes an exception as the SDKs read it.
func answer(w http.ResponseWriter, status int, exception, message, reason string) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Amzn-ErrorType", exception)
	w.WriteHeader(status)
	kind := "User"
	if status >= http.StatusInternalServerError {
		kind = "Service"
	}
	json.NewEncoder(w).Encode(struct {
		Type    string `json:"Type"`
		Message string `json:"Message"`
		Reason  string `json:"Reason,omitempty"`
	}{kind, message, reason})
}

// nameOf finds the function's name in what Lambda takes for one: name,
// account:function:name or the ARN, each with or without :qualifier.
func nameOf(reference string) string {
	if _, after, ok := strings.Cut(reference, "function:"); ok {
		reference = after
	}
	name, _, _ := strings.Cut(reference, ":")
	return name
}
