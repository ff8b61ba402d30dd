// Package demo makes what the local runner begins with: one operator, and five organisations, one a preset, each with
// two admins, a regular user and an API user, and three accounts in two companies.
//
// Ids and secrets are fixed, so that scripts can be written against them and a second run on the same data makes
// nothing twice. The secrets are those of shared/demo, which functions refuse anywhere else.
package demo
