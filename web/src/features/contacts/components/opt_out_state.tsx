// Whether a contact may be messaged; who, when and how; and changing it by hand.
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconBellOff, IconCircleCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { FailureAlert } from '@/components/failure_alert'
import { TimeText } from '@/components/time_text'
import { isOptOutChanged, useOptOut, type Contact } from '@/features/contacts/api/contacts'
import { useOptOutText } from '@/features/contacts/opt_out_text'
import { useAllowed } from '@/lib/permissions'
import { useNotifyFailure } from '@/lib/use_notify_failure'

export function OptOutState({ contact }: { contact: Contact }) {
  const { t } = useTranslation('contacts')
  const mayChange = useAllowed('editContacts')
  const optOutText = useOptOutText()
  const [asking, setAsking] = useState(false)
  const out = contact.optOut.status
  const { optedBackInAt } = contact.optOut
  const act = t(out ? 'optOut.optIn' : 'optOut.optOut')
  return (
    <Stack gap="xs">
      {out ? (
        <Alert color="red" variant="light" p="xs" icon={<IconBellOff size={18} aria-hidden />} title={t('optOut.out')}>
          <Text size="sm">{optOutText(contact)}</Text>
        </Alert>
      ) : (
        <Group gap="xs" wrap="nowrap">
          <IconCircleCheck size={18} color="var(--mantine-primary-color-filled)" aria-hidden style={{ flexShrink: 0 }} />
          <Text size="sm">
            {t('optOut.in')}
            {optedBackInAt ? (
              <Text span size="sm" c="dimmed">
                {' · '}
                {t('optOut.backIn')} <TimeText at={optedBackInAt} />
              </Text>
            ) : null}
          </Text>
        </Group>
      )}
      {mayChange ? (
        <Button size="xs" variant="default" style={{ alignSelf: 'flex-start' }} onClick={() => setAsking(true)}>
          {act}
        </Button>
      ) : null}
      {asking ? <OptOutDialog contact={contact} onClose={() => setAsking(false)} /> : null}
    </Stack>
  )
}

function OptOutDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation('contacts')
  const change = useOptOut(contact.id)
  const notifyFailure = useNotifyFailure()
  // As it was when the question was asked, also while the answer is drawn.
  const [seen] = useState(contact.optOut)
  const out = seen.status
  const done = {
    onSuccess: onClose,
    onError: (failure: unknown) => {
      if (!isOptOutChanged(failure)) return
      notifyFailure(failure)
      onClose() // whoever has seen the newer STOP is asked anew
    },
  }
  return (
    <Dialog onClose={onClose} title={t(out ? 'optOut.optInQuestion' : 'optOut.optOutQuestion')}>
      <Stack>
        <Text size="sm">{t(out ? 'optOut.optInAbout' : 'optOut.optOutAbout')}</Text>
        <FailureAlert failure={change.error} />
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button color={out ? undefined : 'red.9'} loading={change.isPending} onClick={() => change.mutate(seen, done)}>
            {t(out ? 'optOut.optIn' : 'optOut.optOut')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
