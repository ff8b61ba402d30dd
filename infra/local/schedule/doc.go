// Package schedule is EventBridge Scheduler on this machine: it invokes
// functions at the rates that are deployed.
//
// It knows rate(…) expressions, which is what the service is declared with, and
// refuses cron(…) and at(…). A tick is sent once: where EventBridge Scheduler
// repeats a failed one for a day, the next tick here is soon enough, and a
// failure is logged.
//
// Two ticks of one schedule never overlap, as deployed, where the function's
// concurrency sees to it: ticks that fall due while the last one is at work are
// passed over. The first comes one period after the start.
//
// Time is package time's; the tests run in bubbles of testing/synctest, which
// give the whole package a clock of theirs, waits included.
package schedule
