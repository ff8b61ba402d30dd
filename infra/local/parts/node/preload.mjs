// Loaded before either program (node --import): what a process that runs beside the
// services on one machine needs, and a process in a data centre does not.
//
// CLOCK_SKEW_MS  moves this process's clock ahead, so that a wait until a timestamp agrees
//                with services whose own clock was moved. Nothing else knows of it.
// standard input closes when whoever started us is gone, however it went; so do we then.

const skew = Number(process.env.CLOCK_SKEW_MS ?? 0);
if (!Number.isFinite(skew)) throw new Error(`CLOCK_SKEW_MS is not a number: ${process.env.CLOCK_SKEW_MS}`);

if (skew !== 0) {
  const SystemDate = globalThis.Date;
  const now = () => SystemDate.now() + skew;
  globalThis.Date = new Proxy(SystemDate, {
    construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
    apply: () => new SystemDate(now()).toString(),
    get: (target, key, self) => (key === 'now' ? now : Reflect.get(target, key, self)),
  });
}

// A timer beyond 2^31-1 ms (24.8 days) fires at once in Node, and Step Functions waits up to
// a year. A longer one is cut into equal parts of one timer that is started again after each,
// so that clearTimeout still ends it.
const longest = 2 ** 31 - 1;
const systemSetTimeout = globalThis.setTimeout;
globalThis.setTimeout = Object.assign((callback, ms, ...args) => {
  if (!(ms > longest)) return systemSetTimeout(callback, ms, ...args);
  let parts = Math.ceil(ms / longest);
  const timer = systemSetTimeout(() => {
    parts -= 1;
    if (parts > 0) timer.refresh();
    else callback(...args);
  }, Math.ceil(ms / parts));
  return timer;
}, systemSetTimeout);

process.stdin.on('end', () => process.exit(0)).resume();
