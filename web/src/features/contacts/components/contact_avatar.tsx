// The letters of a contact's name in a circle.
import { Avatar } from '@mantine/core'
import { IconUser } from '@tabler/icons-react'

import { contactLabel, type Named } from '@/features/contacts/contact_label'
import { initialsOf } from '@/features/contacts/initials'

export function ContactAvatar({ contact, size }: { contact: Named | undefined; size: number }) {
  const label = contact ? contactLabel(contact) : ''
  return (
    <Avatar name={label || undefined} color="initials" radius="xl" size={size} aria-hidden>
      {initialsOf(label) || <IconUser size={size / 2} stroke={1.6} />}
    </Avatar>
  )
}
