// Package consolebuild makes the console's files, which functions/console embeds, from the sources in functions/console/web.
// It installs what that takes, and does nothing where nothing has changed since the last time.
//
// The API's document goes in with the sources: the client's types are made of it, and a console that no longer fits the API
// is not built. What is checked (types, texts, size) is in web/scripts, since it is about the sources there.
//
// The stamp in dist names what it was made of, by content. It is written last, so that a build that was interrupted counts
// for nothing.
package consolebuild
