// Package sns sends rendered texts to phones through Amazon SNS.
//
// It writes nothing and decides nothing: the words come from mandate/shared/text, and whether a text may be sent at all
// is settled by the transaction that asked for it (4.8). SNS has no idempotency key, so where an answer is lost between
// SNS and the caller a text may go out twice, with the same code.
//
// Texts are sent as transactional, which SNS routes for reliability and not for cost. The sender's name or number is the
// account's own setting at SNS: which one a country admits, and with what registration, is not for code to know.
package sns
