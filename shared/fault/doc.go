// Package fault holds the errors of the domain: a code that a program can act on, what a person is told, and, where
// they apply, the fields at fault, the policy that denied and the open change in the way.
//
// It knows nothing of HTTP: package httpapi alone turns a fault into a problem document. An error that is not a fault
// is internal: logged in full, never shown; one that passes by itself ([ErrUnavailable]) is told to be tried again.
package fault
