// Package directory is the domain: organisations, users, changes, sessions and links; their rules, and the ports
// through which the rules reach the world. It imports the standard library and package fault alone.
//
// Every act goes the same way. One batch read brings all that the act is decided on (Store.Read). Policies decide.
// A plan is made of effects, which are data: nothing has been written yet, so a preview can answer the plan (3.11).
// One transaction writes all effects or none (Store.Commit): the state, its log entry and what is to follow from it
// (outbox). An act that lost a race (fault.Stale) starts again from its read.
//
// What it is not: it knows no HTTP, no AWS and no preset by name. What differs between the systems is in settings,
// catalogues and policies.
package directory
