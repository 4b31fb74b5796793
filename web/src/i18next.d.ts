// Keys of the English strings, so that a key that does not exist fails to compile.
import 'i18next'

import type app from '@/app/strings/en.json'
import type components from '@/components/strings/en.json'
import type accounts from '@/features/accounts/strings/en.json'
import type failures from '@/lib/failures/strings/en.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: {
      app: typeof app
      components: typeof components
      accounts: typeof accounts
      failures: typeof failures
    }
  }
}
