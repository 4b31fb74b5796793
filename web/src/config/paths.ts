// Every address of the console in one place. Links and routes take them from here.
export const paths = {
  home: '/',
  login: '/login',
  signup: '/signup',
  forgotPassword: '/forgot-password',
  resetPassword: '/reset-password',
  verifyEmail: '/verify-email',
  acceptInvite: '/accept-invite',
  inbox: '/inbox',
  conversation: '/inbox/$conversationId',
  overview: '/overview',
  contacts: '/contacts',
  contact: '/contacts/$contactId',
  contactImports: '/contacts/imports',
  contactImport: '/contacts/imports/$importId',
  numbers: '/settings/numbers',
  team: '/settings/team',
  roles: '/settings/roles',
  apiKeys: '/settings/api-keys',
  workspace: '/settings/workspace',
  queues: '/settings/queues',
  auditLog: '/settings/audit-log',
  security: '/account/security',
  operator: '/operator',
  operatorLogin: '/operator/login',
  operatorWorkspaces: '/operator/workspaces',
  operatorQueues: '/operator/queues',
  operatorDeadLetters: '/operator/dead-letters',
  operatorEvents: '/operator/webhook-events',
  operatorHealth: '/operator/health',
} as const

/** The operator's dead letters of one workspace, or of all. */
export const lettersPath = (workspaceId: string) =>
  workspaceId ? `${paths.operatorDeadLetters}/${encodeURIComponent(workspaceId)}` : paths.operatorDeadLetters
