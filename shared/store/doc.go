// Package store keeps the directory in one DynamoDB table: it implements directory.Store.
//
// keys.go has every key, records.go the stored forms, effects.go what each effect writes, write.go how it is written
// and on what condition, and tx.go what it means when a condition does not hold. Nothing else decides about keys,
// conditions or faults. Its contract is package storetest, whose suites its own tests run against DynamoDB.
//
// Decisions:
//   - One table. Partition keys begin with the tenant, save for look-ups that are platform-wide on purpose: names to
//     sign in with, phone numbers, identities, counts of failed sign-ins and data keys. The list of organisations is
//     one partition of an index, and so is that of identity checks that wait for the platform's staff: what is in it is
//     what they have not decided yet.
//   - An organisation's users, changes, accounts and companies share a partition key, told apart by the sort key: lists
//     are consistent queries that need no index, and DynamoDB splits a partition by sort key as it grows. Sessions
//     and links lie with their user, log and outbox by themselves.
//   - Stored forms are private mirrors of domain types: equal in fields, with names of their own. A field added to one
//     and not to the other does not compile.
//   - A record is one JSON document in one attribute: reading an item costs by its attributes, and a page of users took
//     half the time with one that it took with twenty. It is a string, so that a person may read it, and a search of the
//     table for what must not be in it finds it.
//   - What DynamoDB answers to reads and lists is read here in one go (answers.go): the SDK's own way was a third of a page.
//     Whatever is not ordinary is left to the SDK, so that there is one way for errors.
//   - A field is stored once. What the key says is not in the document, nor what a condition or an update names: that
//     stands beside it as an attribute of its own. So there is no question which of two is newer, and the names that the
//     document adds are paid for by what it leaves out.
//   - Every read on the way of a request is consistent: what was withdrawn is gone for the next request (5.3). Lists
//     that need an index (changes of a state, active admins, organisations, waiting identity checks, what is due) are as of
//     a moment ago.
//   - When users were last seen is an index of its own, by keys alone: signing in writes it, and no other change of a user
//     does, which an index with the whole items would. A page of it is ids, read then by their keys and consistently.
//   - DynamoDB takes an item once in a transaction. What is only expected of a record that is also written goes into
//     the write's condition; two writes of one record are refused as the caller's mistake.
//   - How many admins an organisation needs stands beside the count of those it has, so that asking for more and taking
//     one away meet in one item, whichever comes first (invariant 6).
//   - The operation log's chain (directory.Block) is a partition of its own beside the log: a head, blocks by position, and
//     a mark an entry. A mark lets an entry be sealed once, and tells its block without a search. Its sort keys begin with
//     none of what the stream's filters look for.
//   - What is sealed of an entry is a digest of the item as a whole, keys and attributes, not of a decoded record: it is
//     the same for ever, whatever fields records come to have.
//   - A list of the log by what its acts were about is kept, in ListIndex; one by actor is not. A filter that picks looks
//     at a bounded number of entries a page, so that read units stay flat, and the page may be short.
//   - A login or a phone number that several users of one identity go by is one item with all of them, written at its
//     revision: who joins and who leaves at the same time meet in it (invariant 7).
//   - The contact that a user is, is a copy written in the user's own transactions: a page of contacts is one query.
//   - What users are filtered by has lists of keys (postings.go): one item for each value that a user has, in a partition
//     of that value, and two for its name; an e-mail address's reservation is its own. They are written in the transaction
//     of the user that changes what they say, which is why an effect on a user has what it was, and only what differs is
//     written. A key costs a write unit once and a fortieth of a read unit a page; an index of DynamoDB's has one value an
//     item, where a user has many, and is behind.
//   - Such a key is a hint and never the truth: a page reads every user that it shows, consistently, and checks it against
//     the whole filter. One too many costs a read; one too few would hide a user, and cannot be: where a change has more
//     keys than a transaction has room for, keys come before it and leave after it, or never (moves). A late leave spares
//     what a later write has put.
//   - Values that go without saying have no list (regular users, no open change, no contact): all users are gone through,
//     and those who pass are soon found. Where they are not, the page is short, or empty, and has a next.
//   - A page of a filter looks all its lists up at the same time (search.go), a bounded number of keys of each; those that
//     were read to their end, or the furthest, say whom to read, and the others who need not be. So a rare value is found
//     at once however common the others are, and a page's reads do not grow with the users. Where at most a hundred may
//     pass, all of them are read and put in whatever order is asked for.
//   - Text is looked up as a prefix in the addresses, the names and the names with the last name first, and found in that
//     order: to merge them into the order of creation, all would have to be read that begin so.
//   - Ids begin with the time that their users were created at, so that a range of dates is a range of every list.
//     Everything that makes users keeps to that.
//   - Keys that DynamoDB leaves unread are read again, and in the end fail the read: they never pass for records that
//     do not exist. Nor does a page that DynamoDB ends early pass for the end of a list, or for an empty one (ask): the
//     contract's suites run over a client that gives less than it is asked for.
//
// What it is not: it decides nothing. Rules are package directory's.
package store
