// Puts webhook bodies from a file (one JSON a line) into the queue, for the pipeline benchmark.
//
// Prints the number of jobs added. Options: --redis-port, --bodies.
'use strict';

const { createReadStream } = require('node:fs');
const { createInterface } = require('node:readline');
const { parseArgs } = require('node:util');
const { openQueue } = require('./queue');

const chunkSize = 1_000;

async function main() {
  const { values } = parseArgs({
    options: { 'redis-port': { type: 'string' }, bodies: { type: 'string' } },
  });
  const queue = openQueue(Number(values['redis-port']));
  let chunk = [];
  let added = 0;
  const flush = async () => {
    await queue.addBulk(chunk);
    added += chunk.length;
    chunk = [];
  };
  for await (const line of createInterface({ input: createReadStream(values.bodies) })) {
    chunk.push({ name: 'event', data: JSON.parse(line) });
    if (chunk.length === chunkSize) {
      await flush();
    }
  }
  if (chunk.length > 0) {
    await flush();
  }
  await queue.close();
  console.log(added);
  process.exit(0);
}

main();
