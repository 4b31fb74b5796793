// A contact's name, isolated, so that no letter of it turns what is beside.
import { contactLabel, type Named } from '@/features/contacts/contact_label'

export function ContactName({ contact }: { contact: Named }) {
  return <bdi>{contactLabel(contact)}</bdi>
}
