package httpapi

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"mandate/shared/api"
	"mandate/shared/fault"
	"mandate/shared/words"
)

// Codes of what goes wrong outside the domain. They end a problem's type like the domain's own.
const (
	malformed            fault.Code = "malformed"            // what was sent cannot be read
	tooLarge             fault.Code = "tooLarge"             // the body is larger than api.MaxBody
	unsupportedMediaType fault.Code = "unsupportedMediaType" // the body is not JSON
	internal             fault.Code = "internal"             // the service's own fault, told in the log alone
	unavailable          fault.Code = "unavailable"          // no answer in time, or none now; to be tried again
)

// statusOf is the HTTP status of a code, and 0 of one that is not known.
func statusOf(code fault.Code) int {
	switch code {
	case malformed:
		return http.StatusBadRequest
	case fault.Unauthenticated, fault.CredentialsWrong:
		return http.StatusUnauthorized
	case fault.Forbidden, fault.SecondFactorMissing, fault.PasswordMustChange, fault.OnboardingOpen:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.ChangeOpen, fault.ChangeClosed, fault.Conflict, fault.Stale, fault.StateWrong, fault.TooFewAdmins, fault.DigestWrong:
		return http.StatusConflict
	case fault.LinkUsed, fault.LinkExpired, fault.LinkReplaced, fault.LinkRevoked, fault.CodeExpired:
		return http.StatusGone
	case fault.PreconditionFailed:
		return http.StatusPreconditionFailed
	case tooLarge:
		return http.StatusRequestEntityTooLarge
	case unsupportedMediaType:
		return http.StatusUnsupportedMediaType
	case fault.Invalid, fault.KeyReused:
		return http.StatusUnprocessableEntity
	case fault.TooManyAttempts:
		return http.StatusTooManyRequests
	case internal:
		return http.StatusInternalServerError
	case unavailable:
		return http.StatusServiceUnavailable
	}
	return 0
}

// retryUnavailable is when a client may try again what got no answer in time.
const retryUnavailable = time.Second

// problem answers the exchange's error, whatever it is, with a problem document (RFC 9457). What had been answered
// before is dropped.
func (s *Server) problem(x *exchange) {
	w := s.words.In(s.language(x))
	problem, retryAfter := s.describe(x, w)
	x.status, x.cookies = problem.Status, nil
	x.headers = map[string]string{
		"Content-Type":     "application/problem+json",
		"Content-Language": w.Language,
	}
	if problem.Status == http.StatusUnauthorized {
		x.headers["WWW-Authenticate"] = `Bearer realm="mandate"` // RFC 9110, 15.5.2
		if x.code == fault.Unauthenticated && x.request.Token != "" && !x.cookie {
			x.headers["WWW-Authenticate"] += `, error="invalid_token"` // RFC 6750, 3.1
		}
	}
	if x.code == fault.Unauthenticated && x.cookie && !x.route.public {
		x.setCookie("", 0) // it opens nothing any more
	}
	if retryAfter > 0 {
		x.headers["Retry-After"] = strconv.FormatFloat(math.Ceil(retryAfter.Seconds()), 'f', 0, 64)
	}
	x.out.Reset()
	if err := marshal(x.out, problem); err != nil {
		s.log.ErrorContext(x.ctx, "a problem could not be written", "requestId", x.event.RequestContext.RequestID, "error", err)
	}
}

// describe is the one place that turns an error into a problem.
func (s *Server) describe(x *exchange, w *words.Words) (problem api.Problem, retryAfter time.Duration) {
	if found, ok := fault.As(x.err); ok && statusOf(found.Code) != 0 {
		x.code = found.Code
		problem.Detail, problem.Policy, problem.Change, retryAfter = w.Say(found.Detail, found.Values...), found.Policy, found.Change, found.RetryAfter
		for _, field := range found.Fields {
			problem.Errors = append(problem.Errors, api.ProblemField{Field: field.Name, Rule: field.Rule, Detail: w.Say(field.Detail, field.Values...)})
		}
	} else if refused := (*refusal)(nil); errors.As(x.err, &refused) {
		x.code = refused.code
		problem.Detail, problem.Policy = w.Details[refused.detail], refused.policy
		for _, violation := range refused.violations {
			problem.Errors = append(problem.Errors, api.ProblemField{Field: violation.field, Rule: violation.rule(), Detail: w.Rule(violation.text, violation.limit)})
		}
		if refused.unrouted {
			s.log.ErrorContext(x.ctx, "no operation of this function has the route", "routeKey", x.event.RouteKey, "requestId", x.event.RequestContext.RequestID)
		}
	} else {
		x.code = internal
		if errors.Is(x.err, context.DeadlineExceeded) || errors.Is(x.err, fault.ErrUnavailable) {
			x.code, retryAfter = unavailable, retryUnavailable
		}
		problem.RequestID = x.event.RequestContext.RequestID
		s.logError(x)
	}
	code := string(x.code)
	problem.Type = "/problems/" + code
	problem.Title = w.Titles[code]
	problem.Status = statusOf(x.code)
	if (x.code == fault.Invalid || x.code == unsupportedMediaType) && x.route.bad != 0 {
		problem.Status = x.route.bad
	}
	problem.Detail = cmp.Or(problem.Detail, w.Details[code])
	return problem, retryAfter
}

// logError tells the log everything about an error that the client is told nothing of.
func (s *Server) logError(x *exchange) {
	attributes := []slog.Attr{
		slog.String("operation", x.operation()),
		slog.String("requestId", x.event.RequestContext.RequestID),
		slog.Any("error", x.err),
	}
	if panicked := (*panicked)(nil); errors.As(x.err, &panicked) {
		attributes = append(attributes, slog.String("stack", string(panicked.stack)))
	}
	s.log.LogAttrs(x.ctx, slog.LevelError, "internal error", attributes...)
}
