// The Step Functions API (AWS JSON 1.0), for the operations that Mandate calls, with
// aws-local-stepfunctions as the interpreter of the deployed definition.
//
// HOST, PORT               where to listen
// DATA_DIR                 where executions are kept; without it, they end with the process
// AWS_REGION               in the ARNs
// AWS_ENDPOINT_URL_LAMBDA  where functions are invoked

import http from 'node:http';
import { Engine } from './engine.mjs';
import { ApiFault } from './faults.mjs';
import { lambdaAt } from './lambda.mjs';

const { HOST = '127.0.0.1', PORT, DATA_DIR, AWS_REGION, AWS_ENDPOINT_URL_LAMBDA } = process.env;
const largestRequest = 4 << 20;
const service = 'AWSStepFunctions.';

const engine = new Engine({ region: AWS_REGION, dataDir: DATA_DIR, invoke: lambdaAt(AWS_ENDPOINT_URL_LAMBDA) });
const operations = {
  CreateStateMachine: (request) => engine.createStateMachine(request),
  UpdateStateMachine: (request) => engine.updateStateMachine(request),
  DescribeStateMachine: (request) => engine.describeStateMachine(request),
  StartExecution: (request) => engine.startExecution(request),
  StopExecution: (request) => engine.stopExecution(request),
  DescribeExecution: (request) => engine.describeExecution(request),
  ListExecutions: (request) => engine.listExecutions(request),
  GetExecutionHistory: (request) => engine.getExecutionHistory(request),
  SendTaskSuccess: (request) => engine.sendTaskSuccess(request),
  SendTaskFailure: (request) => engine.sendTaskFailure(request),
  SendTaskHeartbeat: (request) => engine.sendTaskHeartbeat(request),
};

http
  // A client's next request may be on its way when we close: its connection is the client's to close.
  .createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    try {
      send(response, 200, await answer(request));
    } catch (error) {
      if (error instanceof ApiFault) return send(response, 400, { __type: error.name, message: error.message });
      console.error(error);
      send(response, 500, { __type: 'InternalFailure', message: error.message });
    }
  })
  .listen(Number(PORT), HOST);

async function answer(request) {
  const target = request.headers['x-amz-target'] ?? '';
  const operation = target.startsWith(service) && Object.hasOwn(operations, target.slice(service.length)) && operations[target.slice(service.length)];
  if (!operation) throw new ApiFault('UnknownOperationException', `Unknown operation: '${target}'`);
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestRequest) throw new ApiFault('ValidationException', 'The request is too large');
    chunks.push(chunk);
  }
  let body;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new ApiFault('SerializationException', 'The request is not JSON');
  }
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw new ApiFault('SerializationException', 'The request is not a JSON object');
  return operation(body);
}

function send(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}
