// What other slices use of contacts.
export { contactQuery, contactSearchQuery, type Contact } from '@/features/contacts/api/contacts'
export { ContactDetails } from '@/features/contacts/components/contact_details'
export { ContactAvatar } from '@/features/contacts/components/contact_avatar'
export { ContactName } from '@/features/contacts/components/contact_name'
export { contactLabel } from '@/features/contacts/contact_label'
export { useOptOutText } from '@/features/contacts/opt_out_text'
