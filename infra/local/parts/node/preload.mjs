// Loaded before either program (node --import): what a process that runs beside the
// services on one machine needs, and a process in a data centre does not.
//
// CLOCK_SKEW_MS  is how far this process's clock is ahead, so that a wait until a timestamp agrees
//                with services whose own clock was moved. Nothing else knows of it. A line on
//                standard input is a new number in its place: what was to happen before that
//                time happens then.
// standard input closes when whoever started us is gone, however it went; so do we then.

let skew = milliseconds(process.env.CLOCK_SKEW_MS ?? 0);

function milliseconds(text) {
  const number = Number(text);
  if (!Number.isFinite(number)) throw new Error(`a clock's skew is no number: ${text}`);
  return number;
}

const SystemDate = globalThis.Date;
const now = () => SystemDate.now() + skew;
globalThis.Date = new Proxy(SystemDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: () => new SystemDate(now()).toString(),
  get: (target, key, self) => (key === 'now' ? now : Reflect.get(target, key, self)),
});

// A timer beyond 2^31-1 ms (24.8 days) fires at once in Node, and Step Functions waits up to
// a year; and none knows that the clock was moved. So each timer looks, when it fires, whether
// its time has come, and the system's is set for the rest where it has not.
const longest = 2 ** 31 - 1;
const { setTimeout: systemSetTimeout, clearTimeout: systemClearTimeout } = globalThis;
const waiting = new Set();

class Timer {
  constructor(act, ms) {
    Object.assign(this, { act, ms: ms > 0 ? ms : 1, wanted: true });
    this.refresh();
  }
  refresh() {
    this.due = now() + this.ms;
    waiting.add(this);
    this.look();
    return this;
  }
  look() {
    systemClearTimeout(this.timer);
    this.timer = systemSetTimeout(() => (now() < this.due ? this.look() : this.fire()), Math.min(Math.max(this.due - now(), 1), longest));
    if (!this.wanted) this.timer.unref();
  }
  fire() {
    waiting.delete(this);
    this.act();
  }
  clear() {
    waiting.delete(this);
    systemClearTimeout(this.timer);
  }
  unref() {
    this.wanted = false;
    this.timer.unref();
    return this;
  }
  ref() {
    this.wanted = true;
    this.timer.ref();
    return this;
  }
  hasRef() {
    return this.wanted;
  }
  [Symbol.toPrimitive]() {
    return this.timer[Symbol.toPrimitive]();
  }
}

globalThis.setTimeout = Object.assign((callback, ms, ...args) => new Timer(() => callback(...args), ms), systemSetTimeout);
globalThis.clearTimeout = (timer) => (timer instanceof Timer ? timer.clear() : systemClearTimeout(timer));

let said = '';
process.stdin.setEncoding('utf8').on('data', (text) => {
  const lines = (said + text).split('\n');
  said = lines.pop();
  for (const line of lines) skew = milliseconds(line);
  for (const timer of waiting) timer.look();
});
process.stdin.on('end', () => process.exit(0));
