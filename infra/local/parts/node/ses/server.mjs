// SES v2 and its mailbox: aws-ses-v2-local, whose inbox lives in memory alone, with a journal
// beside it, so that no accepted mail is lost when the process is killed.
//
// HOST, PORT     where to listen
// DATA_DIR       where the inbox is kept; without it, it ends with the process

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Journal } from '../journal.mjs';

const require = createRequire(import.meta.url);
const store = require('aws-ses-v2-local/dist/store.js');
const { default: serve } = require('aws-ses-v2-local');

const { HOST = '127.0.0.1', PORT, DATA_DIR } = process.env;
const inbox = store.getStoreReadonly();

const journal = new Journal(DATA_DIR && join(DATA_DIR, 'inbox.jsonl'), (record) => {
  if (record.type === 'sent') inbox.emails.push(record.email);
  else if (record.type === 'cleared') store.clearStore();
  else throw new Error(`inbox.jsonl: unknown record ${record.type}`);
});

// The handlers call these through the module's exports. A mail is written before it is
// shown and before SES answers, so what was accepted is what is kept.
const { saveEmail, clearStore } = store;
store.saveEmail = (email) => {
  journal.append({ type: 'sent', email });
  saveEmail(email);
};
store.clearStore = () => {
  journal.append({ type: 'cleared' });
  clearStore();
};

// The package's promise is kept even when the port is taken: ask.
const server = await serve({ host: HOST, port: Number(PORT) });
if (!server.listening) throw new Error(`cannot listen on ${HOST}:${PORT}`);
server.keepAliveTimeout = 0; // a client's next request may be on its way when we close: its connection is the client's to close
