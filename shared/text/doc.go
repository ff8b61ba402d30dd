// Package text writes text messages (SMS) in the reader's language: what package mandate/shared/mail is for mails, for
// what has one sentence or two and no layout (requirements 1.11, 8.1).
//
// It decides neither who is told nor when, and it does not send: package mandate/shared/text/sns delivers what Render
// answers. It knows neither AWS nor the domain.
//
// A language is one file, texts/<tag>.json, with the keys of texts/en.json and their placeholders; the tests name what is
// missing. A kind is a constant, the placeholders that it needs, and a line in each file.
//
// # Decisions
//
//   - Not go-i18n, which the mails have: a text has neither plurals nor dates, and the function that sends texts starts
//     for each code that somebody waits for.
//   - The words of each language are of the GSM 7-bit alphabet (3GPP TS 23.038) and, with the longest name, no more than
//     the 160 characters that one message holds: beyond either it would be sent, and paid, in parts. A test counts.
//   - The code comes first: phones show the beginning of a message, and offer the number in it for filling in.
//   - No link: whoever expects none does not open a forged one.
package text
