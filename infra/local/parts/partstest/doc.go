// Package partstest gives a test the real parts of package parts: DynamoDB, SES and Step
// Functions. Nothing in it is for anything but tests.
//
// DynamoDB and SES are shared, by all tests of all packages when cmd/withparts started them
// (make test does), by those of one process otherwise. So a test uses tables and addresses of
// its own. A Step Functions is the test's alone, since it invokes the test's functions.
package partstest
