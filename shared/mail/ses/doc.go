// Package ses sends rendered mails through Amazon SES, API version 2 (4.6).
//
// It writes nothing and decides nothing: the texts come from
// mandate/shared/mail, and whether a mail may be sent at all is settled by the
// transaction that asked for it (4.8). It keeps no record either; SES's
// feedback is matched by the mail's tags.
//
// # Decisions
//
//   - SES has no idempotency key, so a mail may go out twice when an answer is
//     lost between SES and the caller. Every mail therefore carries its key in
//     the header [KeyHeader]: a repetition can be told from another mail, by a
//     test and by whoever looks into a complaint. SES copies headers into its
//     events.
//   - Auto-Submitted: auto-generated (RFC 3834) keeps out-of-office responders
//     from answering.
//   - The kind of mail is a message tag, and so are the mail's own tags, by which
//     SES's events are matched to whom it went to. The events go to EventBridge
//     alone: with CloudWatch as their destination, each value of a tag would be a
//     metric of its own.
//   - Errors are SES's own, wrapped. None is turned into "give up": even a
//     rejection may be a sender not yet verified, and the queue that retries has
//     a dead-letter queue for what keeps failing.
//   - The configuration set is to publish send, delivery, bounce and complaint
//     events, and not to track opens or clicks, which would send single-use links
//     through a redirect. The layout marks its links ses:no-track all the same.
package ses
