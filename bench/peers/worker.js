// The classic worker: takes webhook bodies from BullMQ, ten at once, and writes them to PostgreSQL.
//
// Prints `ready` when it starts to work, and `drained {"processed":N,"seconds":S}` each time the
// queue has become empty. Options: --redis-port, --database-url, --concurrency.
'use strict';

const { parseArgs } = require('node:util');
const { Worker } = require('bullmq');
const { Pool } = require('pg');
const { connectRedis, openQueue, queueName, retryDelay } = require('./queue');
const { parseEvents } = require('./events');
const { storeMessage, storeStatus } = require('./store');

const drainPollMs = 20;

/** Finds the workspace of a number; numbers seldom change, so answers are kept. */
function workspaceLookup(pool) {
  const known = new Map();
  return async (phoneNumberId) => {
    if (!known.has(phoneNumberId)) {
      const { rows } = await pool.query(
        'SELECT workspace_id FROM phone_numbers WHERE phone_number_id = $1', [phoneNumberId]);
      if (rows.length === 0) {
        throw new Error('nobody has connected this number');
      }
      known.set(phoneNumberId, rows[0].workspace_id);
    }
    return known.get(phoneNumberId);
  };
}

function createProcessor(pool) {
  const findWorkspace = workspaceLookup(pool);
  return async (job) => {
    const { messages, statuses } = parseEvents(job.data);
    for (const message of messages) {
      message.workspaceId = await findWorkspace(message.phoneNumberId);
      await storeMessage(pool, message);
    }
    for (const status of statuses) {
      status.workspaceId = await findWorkspace(status.phoneNumberId);
      await storeStatus(pool, status);
    }
  };
}

/** `drained` comes when the last job is taken, not when it is done: wait for the counts. */
async function waitUntilEmpty(queue) {
  for (;;) {
    const counts = await queue.getJobCounts('wait', 'active', 'delayed');
    if (counts.wait + counts.active + counts.delayed === 0) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, drainPollMs));
  }
}

async function main() {
  const { values } = parseArgs({
    options: {
      'redis-port': { type: 'string' },
      'database-url': { type: 'string' },
      concurrency: { type: 'string', default: '10' },
    },
  });
  const concurrency = Number(values.concurrency);
  const pool = new Pool({ connectionString: values['database-url'], max: concurrency });
  const queue = openQueue(Number(values['redis-port']));
  const worker = new Worker(queueName, createProcessor(pool), {
    connection: connectRedis(Number(values['redis-port'])),
    concurrency,
    autorun: false,
    settings: { backoffStrategy: retryDelay },
  });
  let processed = 0;
  let started = 0;
  worker.on('completed', () => { processed += 1; });
  worker.on('failed', (job, error) => console.error(`job ${job?.id} failed: ${error.message}`));
  worker.on('error', (error) => console.error(error.message));
  worker.on('drained', async () => {
    await waitUntilEmpty(queue);
    const seconds = (performance.now() - started) / 1000;
    console.log(`drained ${JSON.stringify({ processed, seconds })}`);
  });
  process.on('SIGTERM', async () => {
    await worker.close();
    await Promise.all([queue.close(), pool.end()]);
    process.exit(0);
  });
  await worker.waitUntilReady();
  started = performance.now();
  console.log('ready');
  worker.run();
}

if (require.main === module) {
  main();
}

module.exports = { createProcessor };
