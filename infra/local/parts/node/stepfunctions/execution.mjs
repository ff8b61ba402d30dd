// One execution: the interpreter's run, and what has to outlive this process.
//
// Every task that began, was invoked or ended is journalled. After a restart the definition
// is run again from its start, but a task that had ended gives its recorded outcome instead
// of running, and one that was waiting for its token waits on, with the same token and the
// time that it had left. So the execution goes on where it was, as on AWS; only what leaves
// no record is done over: a Wait for a number of seconds, and the pause before a retry.

import { randomBytes } from 'node:crypto';
import { ExecutionAbortedError, ExecutionTimeoutError, StateMachine } from 'aws-local-stepfunctions';
import { limits, longestTask, prepare, waitsForToken } from './definition.mjs';
import { TaskFailure } from './faults.mjs';
import { closing, toEvent } from './history.mjs';

export class Execution {
  status = 'RUNNING';
  history = [];
  #record;
  #tasks = new Map();
  #visits = new Map();
  #token = null;
  #secondsLeft = longestTask;
  #run = null;
  #finished = null;
  #abortion = {};

  /** facts: {arn, name, machine, revision, input, startedAt}; record writes to the journal. */
  constructor(facts, record) {
    Object.assign(this, facts);
    this.#record = record;
  }

  /** Takes in what the journal says of this execution. */
  replay(record) {
    switch (record.type) {
      case 'task':
        if (!this.#tasks.has(record.task)) this.#tasks.set(record.task, { startedAt: record.at });
        break;
      case 'invoked':
        this.#tasks.get(record.task).invoked = true;
        break;
      case 'outcome':
        this.#tasks.get(record.task).outcome = record.outcome;
        break;
      case 'ended':
        Object.assign(this, record.ending);
        this.history = record.history;
        break;
    }
  }

  /** Runs, or after a restart goes on. */
  start({ machine, definition, invoke, onToken }) {
    const handlers = {};
    for (const [name, state] of Object.entries(definition.States)) {
      if (state.Type === 'Task') handlers[name] = (parameters) => this.#task(name, waitsForToken(state), parameters, invoke, onToken);
    }
    const prepared = prepare(definition, () => this.#secondsLeft);
    if (definition.TimeoutSeconds) prepared.TimeoutSeconds = this.#left(this.startedAt, definition.TimeoutSeconds) / 1000;
    const interpreter = new StateMachine(prepared, { validationOptions: { noValidate: true } });
    const self = this;
    this.#run = interpreter.run(JSON.parse(this.input), {
      overrides: { taskResourceLocalHandlers: handlers },
      context: {
        Execution: { Id: this.arn, Name: this.name },
        StateMachine: { Id: machine.arn, Name: machine.name },
        // Read, once or more, while a task's parameters are put together; claimed by that
        // task's handler, which the interpreter calls before anything else can run.
        Task: {
          get Token() {
            return (self.#token ??= randomBytes(96).toString('base64url'));
          },
        },
      },
    });
    this.#finished = this.#finish();
  }

  /** Ends a running execution; returns when that is kept. */
  async stop(error, cause) {
    if (this.status !== 'RUNNING') return;
    this.#abortion = { error, cause };
    this.#run.abort();
    await this.#finished;
  }

  /** Whether the task still waits. */
  waits(task) {
    return this.status === 'RUNNING' && !this.#tasks.get(task).outcome;
  }

  /** Ends a task from outside, with {output} or {error, cause}. */
  complete(task, outcome) {
    this.#close(task, outcome);
  }

  /** Starts a task's heartbeat limit over. */
  heartbeat(task) {
    this.#tasks.get(task).heartbeat?.refresh();
  }

  // Everything up to setting #secondsLeft happens before the interpreter asks for it.
  #task(name, waiting, parameters, invoke, onToken) {
    const token = this.#token;
    this.#token = null;
    const visit = (this.#visits.get(name) ?? 0) + 1;
    this.#visits.set(name, visit);
    const key = `${name}#${visit}`;
    const { [limits.timeout]: timeout = longestTask, [limits.heartbeat]: heartbeat, ...request } = parameters;
    this.#secondsLeft = longestTask;
    for (const [limit, seconds] of [['TimeoutSeconds', timeout], ['HeartbeatSeconds', heartbeat ?? 1]]) {
      if (!Number.isInteger(seconds) || seconds < 1) return Promise.reject(runtimeError(`${limit} of state '${name}' is not a positive integer: ${seconds}`));
    }

    let task = this.#tasks.get(key);
    if (!task?.invoked && !task?.outcome) {
      // A run before this one may have handed out a token and died before it knew: both hold.
      const began = { type: 'task', arn: this.arn, task: key, at: Date.now(), token };
      this.#record(began);
      this.replay(began);
      if (token) onToken(token, key);
      task = this.#tasks.get(key);
    }

    const left = this.#left(task.startedAt, timeout);
    // Ours ends the task before the interpreter's raises States.Timeout, or a result could be
    // accepted in between and be lost.
    this.#secondsLeft = ((task.outcome?.timedOut ? 0 : left) + 5) / 1000;
    return new Promise((resolve, reject) => {
      task.settle = (outcome) => {
        clearTimeout(task.timer);
        clearTimeout(task.heartbeat);
        if (outcome.timedOut) return; // the interpreter's own timer raises States.Timeout
        if ('output' in outcome) resolve(outcome.output);
        else reject(new TaskFailure(outcome.error, outcome.cause));
      };
      if (task.outcome) return task.settle(task.outcome);
      task.timer = setTimeout(() => this.#close(key, { timedOut: true }), left);
      if (heartbeat) {
        const missed = { error: 'States.HeartbeatTimeout', cause: `No heartbeat within ${heartbeat} seconds` };
        task.heartbeat = setTimeout(() => this.#close(key, missed), heartbeat * 1000);
      }
      if (!task.invoked) this.#invoke(key, task, waiting, request, invoke);
    });
  }

  async #invoke(key, task, waiting, { FunctionName, Payload = {} }, invoke) {
    try {
      const output = await invoke(FunctionName, Payload);
      if (!waiting) return this.#close(key, { output });
      task.invoked = true;
      this.#record({ type: 'invoked', arn: this.arn, task: key });
    } catch (failure) {
      this.#close(key, { error: failure.name, cause: failure.message });
    }
  }

  #close(key, outcome) {
    const task = this.#tasks.get(key);
    if (task.outcome || this.status !== 'RUNNING') return;
    this.#record({ type: 'outcome', arn: this.arn, task: key, outcome });
    task.outcome = outcome;
    task.settle?.(outcome);
  }

  async #finish() {
    const log = this.#log();
    const ending = await this.#ending();
    await log;
    this.history.push(closing(ending));
    this.#record({ type: 'ended', arn: this.arn, ending, history: this.history });
    Object.assign(this, ending);
    for (const task of this.#tasks.values()) {
      clearTimeout(task.timer);
      clearTimeout(task.heartbeat);
    }
  }

  async #log() {
    for await (const logged of this.#run.eventLogs) {
      const event = toEvent(logged);
      if (event) this.history.push(event);
    }
  }

  async #ending() {
    try {
      const output = JSON.stringify(await this.#run.result);
      return { status: 'SUCCEEDED', stoppedAt: Date.now(), output };
    } catch (error) {
      const stoppedAt = Date.now();
      if (error instanceof ExecutionAbortedError) return { status: 'ABORTED', stoppedAt, ...this.#abortion };
      if (error instanceof ExecutionTimeoutError) return { status: 'TIMED_OUT', stoppedAt, error: 'States.Timeout' };
      // An error that knows nothing of Retry is the interpreter's own, about the definition.
      const { name, message, isRetryable } = error.cause;
      const own = isRetryable !== undefined || error.cause instanceof TaskFailure;
      return { status: 'FAILED', stoppedAt, error: own ? name : 'States.Runtime', cause: message };
    }
  }

  // Milliseconds left of a limit, at least one: a timer of none would never fire.
  #left(startedAt, seconds) {
    return Math.max(1, startedAt + seconds * 1000 - Date.now());
  }
}

function runtimeError(cause) {
  return Object.assign(new TaskFailure('States.Runtime', cause), { isRetryable: false, isCatchable: false });
}
