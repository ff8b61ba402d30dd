// Package licenses lists the modules that deployed functions link, each with its licence, as its own text says it, and
// holds them against those that we may ship.
//
// What only tests and tools use is not deployed, and not listed. A text is recognised by google/licensecheck, not by the
// name that a registry gives it: a module whose licence file is not covered by known texts is not admitted until somebody
// has read it.
package licenses
