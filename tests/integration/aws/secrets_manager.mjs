// A stand-in for AWS Secrets Manager: the calls that wApi makes, each refused unless its signature
// is the one that aws4, an implementation of Signature Version 4 that shares nothing with libcurl,
// makes of the request as it arrived.
//
// Settings by environment: REGION, ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN. Prints its
// port.
// GET /control shows what it holds and has refused; POST /control {"type", "status", "times",
// "action"} makes the next calls fail. Source: the API reference of AWS Secrets Manager 2017-10-17.
import http from 'node:http';
import { createRequire } from 'node:module';

const aws4 = createRequire(import.meta.url)('/usr/share/nodejs/aws4');  // Debian's node-aws4
const { REGION, ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN } = process.env;
const BODY_BYTES_MAX = 1 << 20;
const SKEW_MS_MAX = 5 * 60 * 1000;
const MUST_BE_SIGNED = ['host', 'x-amz-date', 'x-amz-target', 'content-type'];

const secrets = new Map();  // name -> {versions: id -> text, stages: label -> id}
const counts = { calls: 0, badSignatures: 0 };
let fault = { times: 0 };

class Refusal extends Error {
  constructor(type, status = 400) {
    super(type);
    this.type = type;
    this.status = status;
  }
}

function sentAt(date) {
  const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date ?? '') ?? [];
  return Date.UTC(y, m - 1, d, h, min, s);
}

function isSigned(request, body) {
  const listed = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? '');
  const named = listed?.[1].split(';') ?? [];
  const needed = SESSION_TOKEN ? [...MUST_BE_SIGNED, 'x-amz-security-token'] : MUST_BE_SIGNED;
  if (!needed.every((name) => named.includes(name))) return false;
  if ((request.headers['x-amz-security-token'] ?? '') !== (SESSION_TOKEN ?? '')) return false;
  if (!(Math.abs(Date.now() - sentAt(request.headers['x-amz-date'])) < SKEW_MS_MAX)) return false;
  const headers = Object.fromEntries(named.map((name) => [name, request.headers[name]]));
  const signer = new aws4.RequestSigner(
    { service: 'secretsmanager', region: REGION, method: request.method, path: request.url, body,
      headers, doNotModifyHeaders: true },
    { accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET_ACCESS_KEY });
  signer.datetime = request.headers['x-amz-date'];
  const made = signer.sign();
  const plain = (text) => text.replaceAll(/,\s*/g, ', ');
  return plain(made.headers.Authorization) === plain(request.headers.authorization);
}

function find(name) {
  const secret = secrets.get(name);
  if (!secret) throw new Refusal('ResourceNotFoundException');
  return secret;
}

function addVersion(secret, { SecretString, ClientRequestToken }, stages) {
  if (!/^.{32,64}$/.test(ClientRequestToken ?? '')) throw new Refusal('InvalidParameterException');
  if (typeof SecretString !== 'string' || Buffer.byteLength(SecretString) > 65536) {
    throw new Refusal('InvalidParameterException');
  }
  const known = secret.versions.get(ClientRequestToken);
  if (known !== undefined && known !== SecretString) throw new Refusal('ResourceExistsException');
  secret.versions.set(ClientRequestToken, SecretString);
  for (const stage of stages) secret.stages.set(stage, ClientRequestToken);
  return { VersionId: ClientRequestToken };
}

const actions = {
  GetSecretValue({ SecretId }) {
    const secret = find(SecretId);
    const id = secret.stages.get('AWSCURRENT');
    return { Name: SecretId, SecretString: secret.versions.get(id), VersionId: id,
             VersionStages: ['AWSCURRENT'], CreatedDate: 1.7e9 };
  },
  CreateSecret(request) {
    if (secrets.has(request.Name)) throw new Refusal('ResourceExistsException');
    const secret = { versions: new Map(), stages: new Map() };
    const made = addVersion(secret, request, ['AWSCURRENT']);
    secrets.set(request.Name, secret);
    return { Name: request.Name, ...made };
  },
  PutSecretValue(request) {
    return addVersion(find(request.SecretId), request, request.VersionStages ?? ['AWSCURRENT']);
  },
  UpdateSecretVersionStage({ SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId }) {
    const secret = find(SecretId);
    if (!secret.versions.has(MoveToVersionId) ||
        secret.stages.get(VersionStage) !== RemoveFromVersionId) {
      throw new Refusal('InvalidParameterException');
    }
    secret.stages.set(VersionStage, MoveToVersionId);
    return { Name: SecretId };
  },
};

function act(request, body) {
  counts.calls += 1;
  if (!isSigned(request, body)) {
    counts.badSignatures += 1;
    throw new Refusal('InvalidSignatureException');
  }
  const [service, action] = (request.headers['x-amz-target'] ?? '').split('.');
  if (service !== 'secretsmanager' || !Object.hasOwn(actions, action) ||
      request.method !== 'POST' ||
      request.headers['content-type'] !== 'application/x-amz-json-1.1') {
    throw new Refusal('InvalidAction');
  }
  if (fault.times > 0 && (!fault.action || fault.action === action)) {
    fault.times -= 1;
    throw new Refusal(fault.type, fault.status);
  }
  return actions[action](JSON.parse(body));
}

function control(request, body) {
  if (request.method === 'POST') fault = JSON.parse(body);
  const values = Object.fromEntries([...secrets].map(
    ([name, secret]) => [name, JSON.parse(secret.versions.get(secret.stages.get('AWSCURRENT')))]));
  return { ...counts, faultsLeft: fault.times, secrets: values };
}

function reply(request, response, body) {
  let status = 200;
  let answer = {};
  try {
    answer = request.url === '/control' ? control(request, body) : act(request, body);
  } catch (error) {
    status = error.status ?? 500;
    answer = { __type: error.type ?? 'InternalServiceError', Message: 'refused' };
  }
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(answer));
}

const server = http.createServer((request, response) => {
  const pieces = [];
  let bytes = 0;
  request.on('data', (piece) => {
    bytes += piece.length;
    if (bytes > BODY_BYTES_MAX) request.destroy();
    pieces.push(piece);
  });
  request.on('end', () => reply(request, response, Buffer.concat(pieces).toString()));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
