// Invoking a Lambda function, with failures named as Step Functions names them.

import http from 'node:http';
import https from 'node:https';
import { TaskFailure } from './faults.mjs';

const byStatus = new Map([
  [404, 'Lambda.ResourceNotFoundException'],
  [413, 'Lambda.RequestTooLargeException'],
  [429, 'Lambda.TooManyRequestsException'],
]);

/** Returns invoke(functionName, payload), which answers the function's result. */
export function lambdaAt(endpoint) {
  const base = new URL(endpoint);
  const { request } = base.protocol === 'https:' ? https : http;
  return async (functionName, payload) => {
    const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
    let answer;
    try {
      answer = await post(request, new URL(path, base), JSON.stringify(payload));
    } catch (error) {
      throw new TaskFailure('Lambda.SdkClientException', `Unable to execute HTTP request: ${error.message}`);
    }
    const { status, headers, body } = answer;
    if (status >= 300) {
      const type = headers['x-amzn-errortype']?.split(':')[0];
      const name = type ? `Lambda.${type}` : (byStatus.get(status) ?? (status >= 500 ? 'Lambda.ServiceException' : 'Lambda.AWSLambdaException'));
      throw new TaskFailure(name, body);
    }
    let result;
    try {
      result = body === '' ? null : JSON.parse(body);
    } catch {
      throw new TaskFailure('Lambda.Unknown', `The function's answer is not JSON: ${body}`);
    }
    if (headers['x-amz-function-error']) throw new TaskFailure(result?.errorType ?? 'Lambda.Unknown', body);
    return { ExecutedVersion: '$LATEST', Payload: result, StatusCode: status };
  };
}

// No client-side time limit: a task's TimeoutSeconds is the limit, as on AWS. A connection a
// call, so that a restarted endpoint is never met through a dead one.
function post(request, url, body) {
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method: 'POST',
      agent: false,
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        'X-Amz-Invocation-Type': 'RequestResponse',
      },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    call.end(body);
  });
}
