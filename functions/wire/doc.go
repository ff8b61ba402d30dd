// Package wire puts the parts of the functions together: clients from the environment, the store, policies, clock and
// ids. Each function's bootstrap asks for what it needs and no more; a test holds what each binary may link.
//
// Decision: the SDK's clients for DynamoDB and KMS are the last that were generated with code for every shape, 1.68.0 and
// 1.60.0. Later ones describe every shape of the service by objects, made whenever a program starts: 5,200 allocations
// and 0.9 MB more, a seventh to a fifth of the CPU of a start. They gain nothing that is used here.
package wire
