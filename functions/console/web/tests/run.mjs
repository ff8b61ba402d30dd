// Runs the test files that are named, in one process: all share a browser and each person's session, since a one-time code is
// good once. They all begin at once; schedule.mjs has them wait for each other.
import { run } from "node:test";
import { spec } from "node:test/reporters";

run({ isolation: "none", concurrency: 1000, globPatterns: process.argv.slice(2) })
  .on("test:fail", () => (process.exitCode = 1))
  .compose(new spec())
  .pipe(process.stdout);
