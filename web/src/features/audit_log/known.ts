// What the filter suggests. Others can be typed, so that what a newer server writes is found, too.
export const knownResourceTypes = [
  'api_key',
  'audit_log',
  'contact',
  'conversation',
  'dead_letter',
  'invite',
  'message',
  'phone_number',
  'role',
  'secret',
  'segment',
  'template',
  'user',
  'webhook_event',
  'webhook_replay',
  'workspace',
]
