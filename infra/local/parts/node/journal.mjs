// An append-only file of JSON lines: what a program must still know after kill -9.

import { existsSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

export class Journal {
  #fd = null;

  /**
   * Opens the journal at path and hands every record in it to replay, in order. Without a
   * path nothing is kept. A last line without its end is the record that a crash cut short,
   * which nobody was told of: it is dropped. Any other line that isn't JSON is an error.
   */
  constructor(path, replay) {
    if (!path) return;
    const content = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    const whole = content.subarray(0, content.lastIndexOf(0x0a) + 1);
    const lines = whole.toString('utf8').split('\n');
    lines.pop();
    lines.forEach((line, i) => {
      let record;
      try {
        record = JSON.parse(line);
      } catch {
        throw new Error(`${path}: line ${i + 1} is not a record`);
      }
      replay(record);
    });
    this.#fd = openSync(path, 'a', 0o600);
    if (whole.length < content.length) ftruncateSync(this.#fd, whole.length);
  }

  /** Writes a record: once it returns, the record survives kill -9 and the loss of power. */
  append(record) {
    if (this.#fd === null) return;
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    for (let written = 0; written < line.length; ) written += writeSync(this.#fd, line, written);
    fdatasyncSync(this.#fd);
  }
}
