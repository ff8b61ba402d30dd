// Package measure is what the bench and the load have in common: a meter that stands between functions and DynamoDB, many
// records at once, sessions and codes, and the users of a large organisation with the lists that they are found by.
//
// It measures and fills; what a figure may be, its users say. Records are made by package store from the domain's effects,
// as the service writes them: nothing here knows a key.
package measure
