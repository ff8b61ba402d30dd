// Package deptest tests which package and which binary may link what. It has no code of its own.
//
// Imports point one way: infra → functions → shared, and inside shared towards directory. What a function links decides
// how fast it starts, how large it is and what a hole in it can reach; so that, too, is held here, for the binaries as
// they are deployed. A rule that nothing is left to break (a folder renamed, a module gone) fails as well.
//
// What it is not: a linter of single imports. It looks at all that a package links, however far away.
package deptest
