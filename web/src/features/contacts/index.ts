// What other slices use of contacts.
import { lazy } from 'react'

export { contactQuery, contactSearchQuery, dropContact, keepContact, type Contact } from '@/features/contacts/api/contacts'
export { renewHistory } from '@/features/contacts/api/timeline'
export { ContactDetails } from '@/features/contacts/components/contact_details'
export { ContactAvatar } from '@/features/contacts/components/contact_avatar'
export { ContactName } from '@/features/contacts/components/contact_name'
export { contactLabel } from '@/features/contacts/contact_label'
export { initialsOf } from '@/features/contacts/initials'
export { useOptOutText } from '@/features/contacts/opt_out_text'

/** A chunk of its own: asked for when it is opened. */
export const ContactTimeline = lazy(async () => ({ default: (await import('@/features/contacts/components/contact_timeline')).ContactTimeline }))
