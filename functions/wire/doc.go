// Package wire puts the parts of the functions together: clients from the environment, the store, policies, clock and
// ids. Each function's bootstrap asks for what it needs and no more; a test holds what each binary may link.
package wire
