package httpapi

import (
	"net/http"
	"time"

	"mandate/shared/api"
)

// keep puts a session that was opened into the cookie, for the time that it has, and its token out of the answer: no
// script ever has it.
func (s *Server) keep(x *exchange, output any) {
	opening, ok := output.(api.Opening)
	if !ok || !x.keeps {
		return
	}
	if session := opening.Opened(); session != nil {
		x.setCookie(session.Token, session.ExpiresAt.Sub(s.now()))
		session.Token = ""
	}
}

// setCookie sets the cookie; without a token it takes it away.
func (x *exchange) setCookie(token string, lasts time.Duration) {
	cookie := http.Cookie{
		Name: api.SessionCookie, Value: token, MaxAge: int(lasts / time.Second),
		Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	}
	if cookie.MaxAge <= 0 {
		cookie.MaxAge = -1 // 0 would leave the attribute out
	}
	x.cookies = append(x.cookies, cookie.String())
}
