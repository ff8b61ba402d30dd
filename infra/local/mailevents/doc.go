// Package mailevents stands between the mailer and the local mailbox, and tells what SES tells of a mail afterwards: the
// mailbox takes mails and says no more of them.
//
// A mail that the mailbox took is delivered, unless its address is one of SES's mailbox simulator, which behave as AWS
// documents them:
//
//	success@simulator.amazonses.com          delivered
//	bounce@simulator.amazonses.com           bounced for good, as an address that does not exist
//	complaint@simulator.amazonses.com        delivered, and then reported as spam
//	ooto@simulator.amazonses.com             delivered, and then an automatic answer, which is a bounce that passes
//	suppressionlist@simulator.amazonses.com  bounced for good, as an address on the suppression list
//
// Each takes a label as well, as bounce+nina@simulator.amazonses.com, so that two users can have one.
//
// Events have the form in which SES sends them to EventBridge. What happens to them there is the runner's.
package mailevents
