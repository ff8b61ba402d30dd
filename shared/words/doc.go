// Package words holds what the API tells people, in every language there is (8.1): one file a language in texts/, named
// by its BCP 47 tag. A new language is one such file, and one beside those of mails and of text messages.
//
// Titles, rules and statuses are found by their codes. What the domain, the policies and the presets say is found by the
// English that stands where it is said: a fault's detail, a policy's @reason, a role's name. So the source stays readable,
// a refusal can be understood where it is made, and English needs no file for it. Where a text has values, its format is
// what it is found by, and they come apart from it ([mandate/shared/fault.Fault]).
//
// It does not choose the language of an answer, which is package httpapi's to do, and says nothing of mails and text
// messages, whose texts are whole documents (packages mail and text).
//
// # Decisions
//
//   - A text that has no translation is told in English. That happens to systems that are loaded from elsewhere: the tests
//     read the source, the policies and the presets, and fail for each text without its translation, each translation of
//     what is no longer said, and each that has other values.
//   - What organisations write themselves (names, their own roles, reasons of a rejection) is theirs, and stays as it is.
//   - The operation log is kept as it was written: it is sealed. Where it is read, a policy's words are told in the
//     reader's language, beside the policy's name, which is the same for everyone.
//   - A language's file is read when the first answer needs it. English answers that went well need none.
package words
