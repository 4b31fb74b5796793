// What is done to a contact as such: merged with another that is the same person, or removed when it
// was made by mistake.
import { Button, Group } from '@mantine/core'
import { IconArrowMerge, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { ConfirmDialog } from '@/components/confirm_dialog'
import { paths } from '@/config/paths'
import { useRemoveContact } from '@/features/contacts/api/acts'
import type { Contact } from '@/features/contacts/api/contacts'
import { MergeDialog } from '@/features/contacts/components/merge_dialog'
import { contactLabel } from '@/features/contacts/contact_label'
import { useLeaveContact } from '@/features/contacts/use_leave_contact'
import { useAllowed } from '@/lib/permissions'

export function DuplicatesCard({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts')
  const allowed = useAllowed('deleteContacts') // merging takes a contact away too
  const [opened, setOpened] = useState<'merge' | 'remove' | null>(null)
  if (!allowed) return null
  const close = () => setOpened(null)
  return (
    <Card title={t('merge.card')} about={t('merge.cardAbout')}>
      <Group gap="xs">
        <Button variant="default" leftSection={<IconArrowMerge size={16} aria-hidden />} onClick={() => setOpened('merge')}>
          {t('merge.open')}
        </Button>
        <Button variant="light" color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpened('remove')}>
          {t('remove.open')}
        </Button>
      </Group>
      {opened === 'merge' ? <MergeDialog contact={contact} onClose={close} /> : null}
      {opened === 'remove' ? <RemoveDialog contact={contact} onClose={close} /> : null}
    </Card>
  )
}

function RemoveDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation('contacts')
  const leave = useLeaveContact()
  const remove = useRemoveContact(contact.id, () => leave(contact.id, paths.contacts))
  return (
    <ConfirmDialog
      title={t('remove.question', { name: contactLabel(contact) })}
      text={t('remove.about')}
      act={t('remove.act')}
      pending={remove.isPending}
      failure={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  )
}
