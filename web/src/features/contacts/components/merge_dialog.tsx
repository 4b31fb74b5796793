// Two contacts that are one person: first the other is found, then it is said which of them stays.
import { Alert, Button, Group, Radio, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconInfoCircle, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { OwnLine } from '@/components/own_line'
import { QueryView } from '@/components/query_view'
import { useMergeContacts } from '@/features/contacts/api/acts'
import { contactSearchQuery, type Contact } from '@/features/contacts/api/contacts'
import { ContactAvatar } from '@/features/contacts/components/contact_avatar'
import classes from '@/features/contacts/components/merge_dialog.module.css'
import { TagList } from '@/features/contacts/components/tags_editor'
import { contactLabel } from '@/features/contacts/contact_label'
import { useLeaveContact } from '@/features/contacts/use_leave_contact'

const typingPauseMs = 250

export function MergeDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation('contacts')
  const [other, setOther] = useState<Contact | null>(null)
  return (
    <Dialog title={t('merge.title')} onClose={onClose} size="lg">
      {other ? (
        <WhoStays pair={[contact, other]} onBack={() => setOther(null)} onClose={onClose} />
      ) : (
        <FindOther contact={contact} onFound={setOther} />
      )}
    </Dialog>
  )
}

function FindOther({ contact, onFound }: { contact: Contact; onFound: (other: Contact) => void }) {
  const { t } = useTranslation('contacts')
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim() || contact.name, typingPauseMs)
  const query = useQuery(contactSearchQuery(q))
  const others = query.data?.contacts.filter(({ id }) => id !== contact.id) ?? []
  return (
    <Stack gap="sm">
      <TextInput
        type="search"
        label={t('merge.find')}
        description={t('list.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        data-autofocus
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <QueryView
        query={query}
        empty={{
          when: () => others.length === 0,
          show: (
            <Text size="sm" c="dimmed" ta="center" p="md" role="status">
              {t('list.noMatch')}
            </Text>
          ),
        }}
      >
        {() => (
          <Stack gap={2} role="list">
            {others.map((other) => (
              <div key={other.id} role="listitem">
                <UnstyledButton className={classes.other} onClick={() => onFound(other)}>
                  <ContactLine contact={other} />
                </UnstyledButton>
              </div>
            ))}
          </Stack>
        )}
      </QueryView>
    </Stack>
  )
}

interface WhoStaysProps {
  pair: [Contact, Contact]
  onBack: () => void
  onClose: () => void
}

function WhoStays({ pair, onBack, onClose }: WhoStaysProps) {
  const { t } = useTranslation('contacts')
  const [keptId, setKeptId] = useState(pair[0].id)
  const [kept, gone] = pair[0].id === keptId ? pair : [pair[1], pair[0]]
  const leave = useLeaveContact()
  const merge = useMergeContacts({ kept: kept.id, gone: gone.id }, () => {
    onClose()
    notifications.show({ message: t('merge.done') })
    return leave(gone.id, `/contacts/${kept.id}`)
  })
  return (
    <Stack gap="md">
      <Radio.Group label={t('merge.whoStays')} description={t('merge.about')} value={keptId} onChange={setKeptId}>
        <Stack gap="xs" mt="sm">
          {pair.map((one) => (
            <Radio.Card key={one.id} value={one.id} p="sm" className={classes.choice}>
              <Group wrap="nowrap" gap="sm">
                <Radio.Indicator />
                <ContactLine contact={one} />
              </Group>
            </Radio.Card>
          ))}
        </Stack>
      </Radio.Group>
      {kept.optOut.status !== gone.optOut.status ? (
        <Alert color="yellow" variant="light" icon={<IconInfoCircle size={18} aria-hidden />}>
          {t('merge.optedOut')}
        </Alert>
      ) : null}
      <Text size="sm">{t('merge.warning')}</Text>
      <DialogButtons act={t('merge.act')} pending={merge.isPending} failure={merge.error} onAct={() => merge.mutate()} onClose={onClose} danger>
        <div>
          <Button variant="subtle" size="compact-sm" onClick={onBack}>
            {t('merge.another')}
          </Button>
        </div>
      </DialogButtons>
    </Stack>
  )
}

function ContactLine({ contact }: { contact: Contact }) {
  return (
    <Group wrap="nowrap" gap="sm" style={{ minWidth: 0 }}>
      <ContactAvatar contact={contact} size={34} />
      <div style={{ minWidth: 0 }}>
        <OwnLine size="sm" fw={500}>
          {contactLabel(contact)}
        </OwnLine>
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            <bdi dir="ltr">{contact.phone}</bdi>
          </Text>
          <TagList tags={contact.tags} max={3} />
        </Group>
      </div>
    </Group>
  )
}
