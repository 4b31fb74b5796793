// The classic webhook server: Express takes the body, BullMQ keeps it in Redis, then 200.
//
// Prints `ready PORT` once it listens (port 0 lets the system choose). Environment:
// META_APP_SECRET, META_VERIFY_TOKEN. Options: --port, --redis-port. Redis decides how durable an
// answer is: the benchmark starts it with an append-only file, synced each second or each write.
'use strict';

const { parseArgs } = require('node:util');
const express = require('express');
const { openQueue } = require('./queue');
const { isSignedBy } = require('./signature');

const bodyLimit = '3mb';
const keepAliveTimeoutMs = 65_000;

function createApp({ queue, appSecret, verifyToken }) {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);

  app.get('/webhook', (request, response) => {
    const query = request.query;
    if (query['hub.mode'] !== 'subscribe' || query['hub.verify_token'] !== verifyToken) {
      response.sendStatus(403);
      return;
    }
    response.type('text/plain').send(String(query['hub.challenge']));
  });

  app.post(
    '/webhook',
    express.raw({ type: 'application/json', limit: bodyLimit }),
    async (request, response) => {
      if (!isSignedBy(appSecret, request.body, request.get('X-Hub-Signature-256'))) {
        response.sendStatus(403);
        return;
      }
      let event;
      try {
        event = JSON.parse(request.body);
      } catch {
        response.sendStatus(400);
        return;
      }
      await queue.add('event', event);
      response.sendStatus(200);
    },
  );
  return app;
}

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      'redis-port': { type: 'string' },
    },
  });
  const queue = openQueue(Number(values['redis-port']));
  await queue.waitUntilReady();
  const app = createApp({
    queue,
    appSecret: process.env.META_APP_SECRET,
    verifyToken: process.env.META_VERIFY_TOKEN,
  });
  const server = app.listen(Number(values.port), '127.0.0.1', () => {
    console.log(`ready ${server.address().port}`);
  });
  server.keepAliveTimeout = keepAliveTimeoutMs;
  process.on('SIGTERM', () => {
    server.closeAllConnections();
    server.close(() => queue.close().finally(() => process.exit(0)));
  });
}

if (require.main === module) {
  main();
}

module.exports = { createApp };
