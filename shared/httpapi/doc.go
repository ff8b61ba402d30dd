// Package httpapi answers the gateway's HTTP events with the operations of package api: event in, typed input, handler,
// typed output or problem document out.
//
// It is no router and no server. The gateway has matched the route, and the event names it by its routeKey; this package
// looks that key up in a map and takes path parameters from the event. A second match on the path could come to another
// operation than the gateway's, past its throttling and authorisation, since the gateway decodes the path it hands on.
// Nor does it know who calls: it takes the credentials from the event ([mandate/shared/directory.Request]), and the
// store says whose they are.
//
// # Decisions
//
// The HTTP library is huma, for typed inputs, their validation and the OpenAPI document. Its own error form is never
// shown: a transformer takes the error out before it is written, and problem.go alone makes answers of errors. So no
// hook of the library that is global to the process is touched here; package api sets the two that make it strict.
//
// An operation is prepared (schemas, patterns) at its first request and not at the function's start: a cold start pays
// for the one operation it was started for. A declaration that cannot be prepared fails where package api makes the
// OpenAPI document of all.
//
// Bodies are checked before the library sees them, by the token: well-formed, UTF-8, no name twice (the last of two
// names would win here and the first elsewhere), no deeper than 32. An operation without a body accepts none but {}. A null
// is no absence: who empties a field with it would be told that it is done. Nor is an empty text a number or a truth.
//
// Nobody is refused by what they accept (406): an answer is JSON, or CSV where there is that and the request weighs it more.
//
// A user's ETag is for If-Match: it names what is administered, and not all that is shown, as when somebody last signed in.
// So If-None-Match is not asked about answers, which nobody keeps (no-store).
//
// A write that the console's cookie authenticates needs Sec-Fetch-Site: same-origin. Browsers set that header
// themselves and let no page set or change it, so there is nothing for the console to remember, and nothing to leak,
// as with a token in the page. Every browser has sent it since 2023. A custom header such as X-Requested-With would
// prove as much only as long as no CORS answer ever allows it.
//
// Pages of this origin have their session in a cookie that no script reads, when they say so ([api.SessionHeader]) at what
// opens one. That header cannot be sent by another origin without CORS, which nothing here allows, and Sec-Fetch-Site has
// to be same-origin besides: so no other page can sign somebody in as somebody else, nor plant a session (login CSRF,
// fixation). A session that came by cookie and is exchanged for another stays in the cookie. The cookie goes when its
// session ends, or turns out to have ended.
//
// Nobody is told what is wrong with a request but who has proven to be somebody, where its operation is not public. What
// comes without credentials, or with what has not their form, is refused before anything else of it is looked at, and costs
// no read. Otherwise the request is read first and its session second, with whatever the act is about, since that is one
// read: to know the session before the body would make two of it. So who calls is asked of its own only where a request
// is refused that no handler has asked it for, and that refusal is then told to the caller, or 401 in its place. A forged
// token of the right form has us parse a body, bounded by api.MaxBody, and read once: as with a good body, and no more.
//
// Handlers get a context that ends shortly before the function's own time, so that a slow dependency is answered with
// 503 and Retry-After, and not with the gateway's bare 500. So is what the service rests on and cannot do now, as DynamoDB
// where it throttles (fault.ErrUnavailable).
//
// What people read is written in their language here, and nowhere before: the domain says it in English, with its values
// apart, and package words has the translations. In an output it is the fields that api.Translated marks. The language is
// the nearest to the request's Accept-Language that there is; without one, or where it names none that there is, the
// language that the caller prefers; else English. The request goes first because it is said for this one answer, and by
// whoever will show it: a page that lets its user choose says so there. What a user prefers began as its organisation's
// default, and whether somebody chose it cannot be told. Content-Language tells which it was.
//
// Status codes: a body that cannot be read is 400, and one that can be read and breaks a rule is 422, naming each field
// and rule. The value is never repeated, since it may be a password.
package httpapi
