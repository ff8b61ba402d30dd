// Package workflow holds the state machine of a change and the inputs of its tasks (3.7).
//
// The same definition is deployed, run by the local interpreter, and executed in tests. A change's execution is named
// by the change, so that starting it twice is starting it once. State lives on the change in the table; the execution
// only waits, and nothing is ever inferred from its history.
package workflow
