// Package table writes lists as tables that open in a spreadsheet: CSV by RFC 4180, in UTF-8, with a line of names.
//
// A row says what its fields are, in their order; the names come from the same place as the values, so that they cannot
// part.
//
// What a cell says is a stranger's text. Spreadsheets take a cell that begins with =, +, -, @, a tab or a carriage
// return for a formula, and run it in the name of who opens the file; such a cell gets an apostrophe before it, which
// makes it text.
//
// What it is not: no reading of CSV, and no writing in pieces: a function's answer is bounded anyway, and a list that
// goes on says so with its cursor.
package table
