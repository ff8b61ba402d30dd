// Package storetest holds what every directory.Store must do: Contract, each effect and each fault that its doc names,
// and Concurrency, what must hold when many write at once. It also opens a store on the real DynamoDB for the tests of
// other packages (Open).
//
// It is for tests alone, and no binary links it; so it may import the parts of infra/local, which code of shared does
// not.
//
// Decisions:
//   - The suites know directory.Store alone: no key, no item, no client. What is DynamoDB's own (round trips, answers
//     that are lost, keys left unprocessed) is tested beside the store.
//   - All tests of a process share one table, and each makes tenants, names and ids of its own: so they run in
//     parallel, and one that reaches into another's data fails.
//   - Records are filled by reflection, every field with a value of its own: a field that is not stored fails a test
//     without anybody remembering to write one.
package storetest
