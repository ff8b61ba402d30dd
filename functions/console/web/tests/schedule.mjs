// Which tests are under way at the same time: a few, and of those that need the same organisation one.
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import nodeTest from "node:test";

// A page waits for mails, delays and codes more than it works.
const atOnce = 3;

const waiting = [];
const underWay = new Set();
const current = new AsyncLocalStorage();

function mayStart({ holds }) {
  // The clock is everybody's: who sets it comes when all others have ended.
  if (holds.includes("clock")) return underWay.size === 0 && waiting.length === 1;
  return underWay.size < atOnce && ![...underWay].some((other) => other.holds.some((each) => holds.includes(each)));
}

/** How many wait for the same. */
const wanted = ({ holds }) => Math.max(0, ...holds.map((each) => waiting.filter((other) => other.holds.includes(each)).length));

function next() {
  // The longest row would be the end of it: it goes first.
  for (const one of waiting.toSorted((a, b) => wanted(b) - wanted(a))) {
    if (!mayStart(one)) continue;
    waiting.splice(waiting.indexOf(one), 1);
    underWay.add(one);
    one.start();
  }
}

/**
 * A test, and what it has to itself meanwhile: organisations, by their presets; "staff", the operator outside of them; or
 * "clock", the service's, and so everything.
 */
export function test(title, holds, run) {
  nodeTest(title, async (t) => {
    const one = { title, holds };
    await new Promise((start) => {
      one.start = start;
      waiting.push(one);
      next();
    });
    // Registered last, so after what the test itself has for its end.
    const release = () => {
      underWay.delete(one);
      next();
    };
    await current.run(one, () => run(t)).finally(() => t.after(release));
  });
}

/** Fails a test that uses what it does not hold. */
export function holding(what) {
  const test = current.getStore();
  if (test) assert.ok(test.holds.includes(what) || test.holds.includes("clock"), `“${test.title}” does not hold ${what}`);
}
