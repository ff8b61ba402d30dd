// State machines, executions and task tokens: what the API's operations act on.

import { join } from 'node:path';
import { Journal } from '../journal.mjs';
import { check } from './definition.mjs';
import { Execution } from './execution.mjs';
import { ApiFault, parseJSON } from './faults.mjs';

const account = '000000000000';
const legalName = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/u;
const largest = 262_144; // bytes of an execution's input and of a task's output

export class Engine {
  #machines = new Map(); // arn → {arn, name, roleArn, createdAt, revisions: [{text, definition, at}]}
  #executions = new Map(); // arn → Execution
  #tokens = new Map(); // token → {execution, task}
  #region;
  #invoke;
  #journal;

  /** Restores what dataDir keeps (nothing is kept without one) and goes on with it. */
  constructor({ region, dataDir, invoke }) {
    this.#region = region;
    this.#invoke = invoke;
    this.#journal = new Journal(dataDir && join(dataDir, 'executions.jsonl'), (record) => this.#replay(record));
    for (const execution of this.#executions.values()) if (execution.status === 'RUNNING') this.#run(execution);
  }

  createStateMachine({ name, definition, roleArn, type = 'STANDARD' }) {
    checkName(name);
    if (type !== 'STANDARD') throw new ApiFault('ValidationException', `Type ${type} is not run here`);
    const arn = `arn:aws:states:${this.#region}:${account}:stateMachine:${name}`;
    const known = this.#machines.get(arn);
    if (known && (known.revisions.at(-1).text !== definition || known.roleArn !== roleArn))
      throw new ApiFault('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    if (!known) {
      check(definition);
      this.#commit({ type: 'machine', arn, name, roleArn, definition, at: Date.now() });
    }
    return { stateMachineArn: arn, creationDate: this.#machines.get(arn).createdAt / 1000 };
  }

  updateStateMachine({ stateMachineArn, definition, roleArn }) {
    const machine = this.#machine(stateMachineArn);
    if (definition === undefined && roleArn === undefined) throw new ApiFault('MissingRequiredParameter', 'Either the definition or the role ARN must be specified');
    const text = definition ?? machine.revisions.at(-1).text;
    check(text);
    const at = Date.now();
    this.#commit({ type: 'machine', arn: machine.arn, name: machine.name, roleArn: roleArn ?? machine.roleArn, definition: text, at });
    return { updateDate: at / 1000 };
  }

  describeStateMachine({ stateMachineArn }) {
    const { arn, name, roleArn, createdAt, revisions } = this.#machine(stateMachineArn);
    return { stateMachineArn: arn, name, status: 'ACTIVE', definition: revisions.at(-1).text, roleArn, type: 'STANDARD', creationDate: createdAt / 1000 };
  }

  startExecution({ stateMachineArn, name = crypto.randomUUID(), input = '{}' }) {
    const machine = this.#machine(stateMachineArn);
    checkName(name);
    checkSize(input, 'InvalidExecutionInput', 'input');
    parseJSON(input, 'InvalidExecutionInput', 'State Machine Execution Input');
    const arn = `arn:aws:states:${this.#region}:${account}:execution:${machine.name}:${name}`;
    const known = this.#executions.get(arn);
    if (known && (known.status !== 'RUNNING' || known.input !== input)) throw new ApiFault('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    if (!known) {
      const revision = machine.revisions.length - 1;
      this.#commit({ type: 'execution', arn, name, machine: machine.arn, revision, input, startedAt: Date.now() });
      this.#run(this.#executions.get(arn));
    }
    return { executionArn: arn, startDate: this.#executions.get(arn).startedAt / 1000 };
  }

  async stopExecution({ executionArn, error, cause }) {
    const execution = this.#execution(executionArn);
    await execution.stop(error, cause);
    return { stopDate: execution.stoppedAt / 1000 };
  }

  describeExecution({ executionArn }) {
    const execution = this.#execution(executionArn);
    const { input, output, error, cause } = execution;
    return { ...summary(execution), input, output, error, cause };
  }

  listExecutions({ stateMachineArn, statusFilter, maxResults, nextToken }) {
    const machine = this.#machine(stateMachineArn);
    const newestFirst = [...this.#executions.values()]
      .filter((execution) => execution.machine === machine.arn && (!statusFilter || execution.status === statusFilter))
      .reverse();
    const { items, next } = page(newestFirst, maxResults, nextToken);
    return { executions: items.map(summary), nextToken: next };
  }

  getExecutionHistory({ executionArn, maxResults, nextToken, reverseOrder }) {
    const numbered = this.#execution(executionArn).history.map((event, i) => ({ ...event, id: i + 1, previousEventId: i, timestamp: event.timestamp / 1000 }));
    const { items, next } = page(reverseOrder ? numbered.reverse() : numbered, maxResults, nextToken);
    return { events: items, nextToken: next };
  }

  sendTaskSuccess({ taskToken, output }) {
    const { execution, task } = this.#waiting(taskToken);
    checkSize(output, 'InvalidOutput', 'output');
    execution.complete(task, { output: parseJSON(output, 'InvalidOutput', 'Output') });
    return {};
  }

  sendTaskFailure({ taskToken, error, cause }) {
    const { execution, task } = this.#waiting(taskToken);
    execution.complete(task, { error, cause });
    return {};
  }

  sendTaskHeartbeat({ taskToken }) {
    const { execution, task } = this.#waiting(taskToken);
    execution.heartbeat(task);
    return {};
  }

  #run(execution) {
    const machine = this.#machines.get(execution.machine);
    execution.start({
      machine,
      definition: machine.revisions[execution.revision].definition,
      invoke: this.#invoke,
      onToken: (token, task) => this.#tokens.set(token, { execution, task }),
    });
  }

  #commit(record) {
    this.#journal.append(record);
    this.#replay(record);
  }

  #replay(record) {
    const { type, arn } = record;
    if (type === 'machine') {
      const { name, roleArn, definition: text, at } = record;
      const known = this.#machines.get(arn) ?? { arn, name, createdAt: at, revisions: [] };
      known.revisions.push({ text, definition: JSON.parse(text), at });
      this.#machines.set(arn, Object.assign(known, { roleArn }));
    } else if (type === 'execution') {
      const { name, machine, revision, input, startedAt } = record;
      this.#executions.set(arn, new Execution({ arn, name, machine, revision, input, startedAt }, (r) => this.#journal.append(r)));
    } else {
      const execution = this.#executions.get(arn);
      execution.replay(record);
      if (record.token) this.#tokens.set(record.token, { execution, task: record.task });
    }
  }

  #machine(arn) {
    return this.#machines.get(arn) ?? missing('StateMachineDoesNotExist', 'State Machine Does Not Exist', arn);
  }

  #execution(arn) {
    return this.#executions.get(arn) ?? missing('ExecutionDoesNotExist', 'Execution Does Not Exist', arn);
  }

  #waiting(token) {
    if (typeof token !== 'string' || !/^[\w-]{128}$/.test(token)) throw new ApiFault('InvalidToken', "Invalid Token: 'Invalid token'");
    const held = this.#tokens.get(token);
    if (!held) throw new ApiFault('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist'");
    if (!held.execution.waits(held.task)) throw new ApiFault('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    return held;
  }
}

function missing(fault, words, arn) {
  throw new ApiFault(fault, `${words}: '${arn}'`);
}

function checkName(name) {
  if (typeof name !== 'string' || !legalName.test(name)) throw new ApiFault('InvalidName', `Invalid Name: '${name}'`);
}

function checkSize(text, fault, what) {
  if (typeof text !== 'string') throw new ApiFault('ValidationException', `The ${what} is not a string`);
  if (Buffer.byteLength(text) > largest) throw new ApiFault(fault, `The ${what} is larger than ${largest} bytes`);
}

function summary({ arn, name, machine, status, startedAt, stoppedAt }) {
  return { executionArn: arn, stateMachineArn: machine, name, status, startDate: startedAt / 1000, stopDate: stoppedAt && stoppedAt / 1000 };
}

function page(items, maxResults, nextToken) {
  const size = maxResults || 100;
  const start = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(start)) throw new ApiFault('InvalidToken', `Invalid Token: '${nextToken}'`);
  const next = start + size < items.length ? String(start + size) : undefined;
  return { items: items.slice(start, start + size), next };
}
