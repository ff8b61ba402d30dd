// Package sns answers, on one machine, the one call to Amazon SNS that Mandate makes: Publish to a phone number, in the
// AWS query protocol. What would have been sent is kept and can be read back.
//
// It is not SNS: who calls is not asked, there are no topics, no opt-outs and no limits of spending. It is for the local
// runner and tests alone. What it caught ends with the process, even where other data are kept: codes outlive no run.
package sns
