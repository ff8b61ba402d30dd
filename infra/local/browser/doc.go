// Package browser has one test: it starts the whole service, as make run does, and has a real browser go through the console
// (functions/console/web/tests), with every assertion beside the page that it is about. Pictures of the pages stay in
// functions/console/web/artefacts for a person to look through.
package browser
