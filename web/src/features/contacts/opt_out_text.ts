// Who opted a contact out, when and how, in one sentence.
import { useTranslation } from 'react-i18next'

import type { Contact } from '@/features/contacts/api/contacts'
import { dateFormat } from '@/lib/formats'

/** Null while the contact may be messaged. */
export function useOptOutText(): (contact: Pick<Contact, 'optOut'>) => string | null {
  const { t, i18n } = useTranslation('contacts')
  return ({ optOut: { status, optedOutAt, optedOutVia } }) => {
    if (!status) return null
    const date = optedOutAt
      ? dateFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(optedOutAt))
      : t('optOut.unknownTime')
    return t(`optOut.via.${optedOutVia ?? 'unknown'}`, { date })
  }
}
