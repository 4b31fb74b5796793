// The peer must do the same work as wApi, or the comparison means nothing: what it recognises as
// STOP, how it reads webhooks, which signatures it takes. Needs no packages: node --test
'use strict';

const assert = require('node:assert');
const { createHmac } = require('node:crypto');
const test = require('node:test');
const { isStop, parseEvents } = require('../events');
const { isSignedBy } = require('../signature');

const secret = '0123456789abcdef0123456789abcdef';
const body = '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[]}]}';
const signature = 'sha256=2889e173f98c7f2a895a1e54e881a87ed88648e37cb4ddd833a8ae18accdd9ec';

test('a STOP word is one whatever its case, width, punctuation, emoji and white space', () => {
  for (const text of ['stop', 'STOP!!', ' Stop  ALL ', 'opt-out', 'Unsubscribe \u{1f6d1}',
    '\uff33\uff34\uff2f\uff30']) {
    assert.equal(isStop(text), true, text);
  }
});

test('a sentence that contains a STOP word is none', () => {
  for (const text of ['please stop by at 5', 'stopping', '', null, 'stop '.repeat(20)]) {
    assert.equal(isStop(text), false, String(text));
  }
});

test('all messages and statuses of all entries are found', () => {
  const change = (value) => ({ field: 'messages', value: {
    metadata: { phone_number_id: '108' }, ...value } });
  const webhook = { entry: [
    { changes: [change({
      contacts: [{ profile: { name: 'Ann' }, wa_id: '1555' }],
      messages: [{ from: '1555', id: 'wamid.1', timestamp: '1759400000', type: 'text',
        text: { body: 'STOP' } }] })] },
    { changes: [change({ statuses: [{ id: 'wamid.2', status: 'read', timestamp: '1759400001' }] })] },
    {},
  ] };
  const { messages, statuses } = parseEvents(webhook);
  assert.equal(messages.length, 1);
  assert.deepEqual(
    [messages[0].phoneNumberId, messages[0].waMessageId, messages[0].name, messages[0].body,
      messages[0].isStop, messages[0].sentAt.getTime()],
    ['108', 'wamid.1', 'Ann', 'STOP', true, 1759400000_000]);
  assert.deepEqual(statuses.map((item) => [item.waMessageId, item.status]), [['wamid.2', 'read']]);
});

test('the text of buttons, list rows and captions is what a person reads', () => {
  const textOf = (message) => parseEvents({ entry: [{ changes: [{ value: {
    messages: [{ id: '1', from: '2', timestamp: '0', ...message }] } }] }] }).messages[0].body;
  assert.equal(textOf({ type: 'button', button: { text: 'Stop' } }), 'Stop');
  assert.equal(textOf({ type: 'interactive',
    interactive: { list_reply: { title: 'Row' } } }), 'Row');
  assert.equal(textOf({ type: 'image', image: { caption: 'Look' } }), 'Look');
  assert.equal(textOf({ type: 'image', image: {} }), null);
});

test('a signature fits its body and secret only', () => {
  assert.equal(isSignedBy(secret, body, signature), true);
  assert.equal(isSignedBy(secret, `${body} `, signature), false);
  assert.equal(isSignedBy('another', body, signature), false);
  const other = createHmac('sha256', secret).update('x').digest('hex');
  for (const header of [undefined, '', 'sha256=', signature.slice(0, 70), `sha256=${other}`,
    signature.toUpperCase()]) {
    assert.equal(isSignedBy(secret, body, header), false, String(header));
  }
});
