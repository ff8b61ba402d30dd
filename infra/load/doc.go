// Command load fills the service with many users and organisations, then has clients ask it for a while, and holds every
// answer against what they know.
//
//	go run ./infra/load [-users 1000000] [-organisations 10000] [-minutes 10] [-clients 8] [-data folder] [-out dist/load]
//
// It starts all that make run starts, on free ports of this machine and on a folder of its own in memory, and leaves nothing
// behind but its report. What the service begins with is written by package store's own records, while nothing runs on them
// yet; -data keeps it for the next run, which begins with a copy and adds what it lacks of users. It is no measure of how
// fast the service is: the clients, the database and every function share this machine's processors. What a request costs,
// infra/bench tells.
//
// # What the clients do
//
// Each is in turn in the large organisation, five times, and in one of the others that is its own. In the large one it goes
// on with its walk through a list, reads the first page of another, reads users by id and address, searches by prefix, asks
// what users may do, and makes, renames and deactivates users. In one of the others it signs in (every tenth; a session is
// made otherwise), reads everybody, makes a user, finds it, renames it, asks what it may do, exports all as CSV, and
// deactivates it; where changes take a second admin, that one approves each, and its effect is waited for.
//
// # What fails
//
// The exit status is 1 if any of these is not so:
//
//   - Every answer is the one that the client knows it must be: a user of the large organisation is known by its number, as
//     it was written; a page of a list has users that fit, none of them twice in a walk, and in the order of creation none
//     is left out; in an organisation of its own a client knows everybody as they were answered last, and holds each list
//     against that.
//   - No function's process has more than 256 MiB resident, nor a quarter and 16 MiB more in the last third of the run than
//     in the first, and those that check passwords what a hash takes besides; the runner, in which the clients are, not half
//     and 16 MiB more. DynamoDB Local's memory is told only.
//   - A first page of 50 reads at most 60 units under one filter, and at most one more than it did at the beginning; at most
//     170 under several, whose lists grow with what the clients do until they come to that bound. A probe counts them: the
//     function that lists users once more, behind a meter, every five seconds another list.
//
// # The report
//
// A line of JSON a minute and the table of figures on standard output; in the folder of -out the same table (figures.txt),
// every sample (samples.jsonl) and a plot (plot.svg). figures.txt and plot.svg beside this file are of one such run.
package main
