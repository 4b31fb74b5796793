// What a person may ask for by law: a copy of everything, or that it is erased.
import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconDownload, IconTrash } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { Dialog } from '@/components/dialog'
import { FailureAlert } from '@/components/failure_alert'
import { paths } from '@/config/paths'
import type { Contact } from '@/features/contacts/api/contacts'
import { useEraseContact, useExportContact } from '@/features/contacts/api/privacy'
import { ContactName } from '@/features/contacts/components/contact_name'
import { useLeaveContact } from '@/features/contacts/use_leave_contact'
import { offer } from '@/lib/download'
import { useAllowed } from '@/lib/permissions'
import { useNotifyFailure } from '@/lib/use_notify_failure'

export function PrivacyCard({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts')
  const mayExport = useAllowed('exportData')
  const mayErase = useAllowed('deleteContacts')
  const [erasing, setErasing] = useState(false)
  const exported = useExportContact(contact.id)
  const notifyFailure = useNotifyFailure()
  if (!mayExport && !mayErase) return null
  const download = () =>
    exported.mutate(undefined, { onError: notifyFailure, onSuccess: (file) => offer(file, `contact-${contact.id}.json`) })
  return (
    <Card title={t('privacy.title')} about={t('privacy.about')}>
      <Group gap="xs">
        {mayExport ? (
          <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} loading={exported.isPending} onClick={download}>
            {t('privacy.export')}
          </Button>
        ) : null}
        {mayErase ? (
          <Button variant="light" color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setErasing(true)}>
            {t('privacy.erase')}
          </Button>
        ) : null}
      </Group>
      {erasing ? <EraseDialog contact={contact} onClose={() => setErasing(false)} /> : null}
    </Card>
  )
}

function EraseDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation('contacts')
  const [typed, setTyped] = useState('')
  const leave = useLeaveContact()
  const erase = useEraseContact(contact.id, () => {
    notifications.show({ message: t('privacy.done') })
    return leave(contact.id, paths.contacts)
  })
  const word = t('privacy.word')
  const sure = typed.trim().toLocaleUpperCase() === word.toLocaleUpperCase()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (sure) erase.mutate()
  }
  return (
    <Dialog onClose={onClose} title={t('privacy.question')}>
      <form onSubmit={submit}>
        <Stack>
          <Text fw={600}>
            <ContactName contact={contact} />
          </Text>
          <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} aria-hidden />}>
            {t('privacy.warning')}
          </Alert>
          <TextInput
            label={t('privacy.confirm', { word })}
            autoComplete="off"
            data-autofocus
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <FailureAlert failure={erase.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" color="red.9" disabled={!sure} loading={erase.isPending}>
              {t('privacy.erase')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
