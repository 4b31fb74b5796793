// Keys of the English strings, so that a key that does not exist fails to compile.
import 'i18next'

import type app from '@/app/strings/en.json'
import type permissions from '@/components/permissions/strings/en.json'
import type components from '@/components/strings/en.json'
import type accounts from '@/features/accounts/strings/en.json'
import type apiKeys from '@/features/api_keys/strings/en.json'
import type auditLog from '@/features/audit_log/strings/en.json'
import type operator from '@/features/operator/strings/en.json'
import type queues from '@/features/queues/strings/en.json'
import type numbers from '@/features/numbers/strings/en.json'
import type overview from '@/features/overview/strings/en.json'
import type team from '@/features/team/strings/en.json'
import type workspace from '@/features/workspace/strings/en.json'
import type contactImports from '@/features/contact_imports/strings/en.json'
import type contacts from '@/features/contacts/strings/en.json'
import type inbox from '@/features/inbox/strings/en.json'
import type messages from '@/features/messages/strings/en.json'
import type quickReplies from '@/features/quick_replies/strings/en.json'
import type templates from '@/features/templates/strings/en.json'
import type failures from '@/lib/failures/strings/en.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: {
      app: typeof app
      components: typeof components
      permissions: typeof permissions
      accounts: typeof accounts
      api_keys: typeof apiKeys
      audit_log: typeof auditLog
      numbers: typeof numbers
      operator: typeof operator
      queues: typeof queues
      overview: typeof overview
      team: typeof team
      workspace: typeof workspace
      contact_imports: typeof contactImports
      contacts: typeof contacts
      inbox: typeof inbox
      messages: typeof messages
      quick_replies: typeof quickReplies
      templates: typeof templates
      failures: typeof failures
    }
  }
}
