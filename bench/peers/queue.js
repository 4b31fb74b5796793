// The queue between the webhook server and the worker: one name, one way to connect.
//
// Written as BullMQ's own documentation recommends for production: jobs are removed when done,
// retried with growing delays when they fail, and commands of one tick travel together to Redis.
'use strict';

const { Queue } = require('bullmq');
const { Redis } = require('ioredis');

const queueName = 'webhooks';
const retryDelaysMs = [1_000, 5_000, 30_000, 120_000, 600_000];

const jobOptions = {
  attempts: retryDelaysMs.length + 1,
  backoff: { type: 'custom' },
  removeOnComplete: true,
  removeOnFail: false,
};

function connectRedis(port) {
  return new Redis({
    host: '127.0.0.1',
    port,
    maxRetriesPerRequest: null,
    enableAutoPipelining: true,
  });
}

function openQueue(port) {
  return new Queue(queueName, { connection: connectRedis(port), defaultJobOptions: jobOptions });
}

/** Delay before attempt number `attemptsMade` + 1. */
function retryDelay(attemptsMade) {
  return retryDelaysMs[Math.min(attemptsMade, retryDelaysMs.length) - 1];
}

module.exports = { queueName, connectRedis, openQueue, retryDelay };
