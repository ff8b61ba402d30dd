// Package phone reads phone numbers in international form (E.164).
//
// A number counts when its country calling code exists and it has as many digits as numbers of that code can have. The
// table of codes and lengths, lengths.txt, is made from the metadata of libphonenumber by this package's test, with
// -update, and held against it by the same test.
//
// Decision: the library itself (github.com/nyaruka/phonenumbers) is for the test alone. It decodes 2.5 MB of metadata
// when a program starts, in 12 ms: four times what an empty function takes to start, at every cold start, for a
// question that is asked when a user is made. What it knows beyond lengths, which ranges a country has handed out, goes
// out of date with every release, and would refuse people their new numbers.
package phone
