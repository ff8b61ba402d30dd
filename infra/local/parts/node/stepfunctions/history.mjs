// An execution's history, in AWS's event types, from the interpreter's log: the path through
// the states with what went in and out, and each task's failures.

/** Returns the AWS events for one logged event, without ids. */
export function toEvent(event) {
  const timestamp = event.timestamp;
  const { name, type, input, output } = event.state ?? {};
  switch (event.type) {
    case 'ExecutionStarted':
      return { type: 'ExecutionStarted', timestamp, executionStartedEventDetails: { input: JSON.stringify(event.input) } };
    case 'StateEntered':
      return { type: `${type}StateEntered`, timestamp, stateEnteredEventDetails: { name, input: JSON.stringify(input) } };
    case 'StateExited':
      return { type: `${type}StateExited`, timestamp, stateExitedEventDetails: { name, output: JSON.stringify(output) } };
    case 'StateFailed':
      return type === 'Task' ? taskFailed(event, timestamp) : null;
    default:
      return null;
  }
}

function taskFailed(event, timestamp) {
  const resource = { resource: 'invoke', resourceType: 'lambda' };
  const details = { ...resource, error: event.Error, cause: String(event.Cause) };
  return event.Error === 'States.Timeout'
    ? { type: 'TaskTimedOut', timestamp, taskTimedOutEventDetails: details }
    : { type: 'TaskFailed', timestamp, taskFailedEventDetails: details };
}

/** Returns the event that closes a history. */
export function closing({ status, stoppedAt: timestamp, output, error, cause }) {
  const details = { error, cause };
  switch (status) {
    case 'SUCCEEDED':
      return { type: 'ExecutionSucceeded', timestamp, executionSucceededEventDetails: { output } };
    case 'FAILED':
      return { type: 'ExecutionFailed', timestamp, executionFailedEventDetails: details };
    case 'TIMED_OUT':
      return { type: 'ExecutionTimedOut', timestamp, executionTimedOutEventDetails: details };
    default:
      return { type: 'ExecutionAborted', timestamp, executionAbortedEventDetails: details };
  }
}
