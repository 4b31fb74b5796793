// X-Hub-Signature-256: HMAC-SHA256 over the raw bytes, compared in constant time.
'use strict';

const { createHmac, timingSafeEqual } = require('node:crypto');

function isSignedBy(secret, rawBody, header) {
  if (typeof header !== 'string' || !/^sha256=[0-9a-f]{64}$/.test(header)) {
    return false;
  }
  const expected = createHmac('sha256', secret).update(rawBody).digest();
  return timingSafeEqual(expected, Buffer.from(header.slice(7), 'hex'));
}

module.exports = { isSignedBy };
