// Package console serves the console: static files, built from the folder web beside it, embedded here. It has no rights,
// reads nothing and keeps nothing. What the console shows and does is the API's, on the same origin, with the rights of
// whoever is signed in.
//
// # Decisions
//
// The build writes dist, and the function embeds it. The repository has only a placeholder there, so that `go build ./...`
// needs neither Node nor network; a function without index.html refuses to start and says what makes one.
//
// The gateway leads everything that no operation has to this function. Whether a path is a page is the script's to know:
// each is answered with index.html, but for paths of the API's namespaces, names with a dot, and clients that do not take
// HTML, which get a problem document as the API's do. The build leaves the API's routes as well, so that a path of the API
// answers 405 with Allow to what it does not take: the gateway would say that it is not found. The function does not link
// the declarations for that, which are most of what the others start with.
//
// Names under assets/ have a hash of their content and are kept for a year; everything else is asked for again, and
// answered with 304 where it has not changed.
//
// The policy allows what is on this origin and nothing inline. Trusted Types have no policy at all: neither React nor the
// components write HTML from text, and what would begin to is stopped by the browser.
package console
