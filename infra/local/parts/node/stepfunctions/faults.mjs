// What the Step Functions API answers when it refuses, by the names AWS documents.

/** An error of the API: its name is the exception's, and every one answers 400. */
export class ApiFault extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

/** A task's failure, as Retry and Catch see it: name is the Error, message the Cause. */
export class TaskFailure extends Error {
  constructor(error, cause) {
    super(cause ?? '');
    this.name = error ?? '';
  }
}

/** Throws the named fault unless the text is JSON; returns what it says. */
export function parseJSON(text, fault, what) {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiFault(fault, `Invalid ${what}: '${text}' is not JSON`);
  }
}
