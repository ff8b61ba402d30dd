// The deployed definition, and what has to be said differently for the interpreter to run it
// as AWS does. What neither can run is refused when the state machine is created.

import { StateMachine } from 'aws-local-stepfunctions';
import { ApiFault, parseJSON } from './faults.mjs';

const stateTypes = new Set(['Task', 'Wait', 'Choice', 'Pass', 'Succeed', 'Fail']);
const contextPaths = new Set(['$$.Task.Token', '$$.Execution.Id', '$$.Execution.Name', '$$.Execution.Input', '$$.StateMachine.Id', '$$.StateMachine.Name']);
const integration = /^arn:[^:]+:states:::lambda:invoke(\.waitForTaskToken)?$/;

/** The keys under which prepare hands a task's own limits to its handler. */
export const limits = { timeout: 'mandate:timeout', heartbeat: 'mandate:heartbeat' };

/** The longest a task may run when its state names no limit (AWS: 99999999 seconds). */
export const longestTask = 99_999_999;

/** Whether a task's state waits for its token. */
export const waitsForToken = (state) => state.Resource.endsWith('.waitForTaskToken');

/** Parses and checks a definition; throws InvalidDefinition with the reason. */
export function check(text) {
  const definition = parseJSON(text, 'InvalidDefinition', 'State Machine Definition');
  try {
    new StateMachine(definition, { validationOptions: { checkArn: true, checkPaths: true } });
  } catch (error) {
    throw new ApiFault('InvalidDefinition', `Invalid State Machine Definition: ${error.message}`);
  }
  const refuse = (why) => {
    throw new ApiFault('InvalidDefinition', `Invalid State Machine Definition: ${why}`);
  };
  for (const [name, state] of Object.entries(definition.States)) {
    if (!stateTypes.has(state.Type)) refuse(`state '${name}' is of type ${state.Type}, which is not run here`);
    if (state.Type !== 'Task') continue;
    if (!integration.test(state.Resource)) refuse(`state '${name}' has the resource ${state.Resource}, which is not run here`);
    if (!(state.Parameters?.FunctionName ?? state.Parameters?.['FunctionName.$'])) refuse(`state '${name}' names no FunctionName`);
  }
  for (const [path] of text.matchAll(/\$\$\.[\w.]+/g)) {
    if (!contextPaths.has(path)) refuse(`the context object has no ${path} here`);
  }
  if ((definition.QueryLanguage ?? 'JSONPath') !== 'JSONPath') refuse(`query language ${definition.QueryLanguage} is not run here`);
  return definition;
}

/**
 * Returns the definition for one run. remaining() is asked by the interpreter right after it
 * called a task's handler, and answers how many seconds that task still has.
 *
 * - A task without TimeoutSeconds has 60 seconds in the interpreter; on AWS it has
 *   99999999. And a task that was already waiting when this process was restarted has what is
 *   left, not all of it again. Both are why remaining decides.
 * - TimeoutSecondsPath and HeartbeatSecondsPath select from the state's input, while the
 *   interpreter looks into the task's parameters, or nowhere: they travel among the parameters.
 * - ResultPath "$" replaces the input; the interpreter adds a member called "$".
 */
export function prepare(machine, remaining) {
  const states = Object.entries(machine.States).map(([name, state]) => {
    const copy = replaceWholeResult({ ...state });
    if (copy.Catch) copy.Catch = copy.Catch.map((catcher) => replaceWholeResult({ ...catcher }));
    if (copy.Type === 'Task') {
      copy.Parameters = { ...copy.Parameters };
      carry(copy, 'Timeout', limits.timeout);
      carry(copy, 'Heartbeat', limits.heartbeat);
      Object.defineProperty(copy, 'TimeoutSeconds', { get: remaining, enumerable: true });
    }
    return [name, copy];
  });
  return { ...machine, States: Object.fromEntries(states) };
}

function carry(state, kind, key) {
  const path = state[`${kind}SecondsPath`];
  if (path) state.Parameters[`${key}.$`] = path;
  else if (state[`${kind}Seconds`]) state.Parameters[key] = state[`${kind}Seconds`];
  delete state[`${kind}SecondsPath`];
  delete state[`${kind}Seconds`];
}

function replaceWholeResult(stateOrCatcher) {
  if (stateOrCatcher.ResultPath === '$') delete stateOrCatcher.ResultPath;
  return stateOrCatcher;
}
