// Package mail turns a request for a mail into the mail itself: subject, HTML
// and plain text, in the reader's language (requirements 4.1 to 4.6, 8.1).
//
// It decides neither who is told nor when, and it does not send: the caller
// names a [Kind] and hands over the [Data] that the kind requires, package
// mandate/shared/mail/ses delivers what [Render] answers. It knows neither AWS
// nor the domain.
//
// # Adding to it
//
// A language is one file, texts/<tag>.json, with the keys of texts/en.json; the
// tests name every key and placeholder that is missing. A kind is an entry in
// kinds.go and its words in each file. An administrative act, a field, a value
// or a cause that mails should name is a line in each file. A text that speaks of
// accounts is there once more, whole, for each word that an organisation may have
// for them: "heading@wallets". The names zero, one,
// two, few, many, other, id, hash and description belong to go-i18n, as plural
// forms and remarks, and cannot be names of acts, fields or values.
//
// # Decisions
//
//   - A mail with a hole in it is never sent. Every kind declares the fields it
//     requires, and a missing one is a [FieldError] that names it. A test walks
//     the texts and fails when one uses, outside an "if", a field that its kind
//     doesn't require.
//   - Nothing secret has a place in [Data] but the single-use link that is the
//     purpose of the mail: there is no field for a password or a credential, and
//     a change of a field that the texts don't know, such as "password", is
//     refused rather than shown.
//   - Names are other people's input. Control characters and line breaks become
//     spaces, invisible and direction-changing characters go, right-to-left names
//     are isolated from the sentence around them, and a name that looks like a
//     web address is kept from becoming a link: whoever may invite a user can
//     have a mail with a name of their choice sent to anyone. The HTML layout
//     escapes all of it (html/template); the texts hold no markup.
//   - Acts are written as infinitives ("create the user Ada Lovelace"), because
//     one form then fits every sentence, in French too ("votre demande visant à
//     créer …"). French texts never put "de" or "que" before a placeholder,
//     since the elision depends on what follows.
//   - The layouts use no image, no web font and nothing from elsewhere: the mail
//     looks the same with images blocked, and opening it tells nobody. There is
//     no button without the address in plain text beside it.
//   - Lines of the text part are as long as their paragraphs; readers wrap them
//     to the width they have.
//   - Texts and layouts are parsed by the first mail, not at start: linking the
//     package costs a function 0.2 ms of its start, the first mail 4 ms, each
//     later one 0.1 to 0.4 ms (measured with GOMAXPROCS=1).
package mail
