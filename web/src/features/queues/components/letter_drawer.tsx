// Everything of one letter.
import { Button, Code, Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { SideDialog } from '@/components/side_dialog'
import { PayloadView } from '@/features/queues/components/payload_view'
import { ownerOf, type Letter, type LetterAct } from '@/features/queues/desk'
import { useKindName } from '@/features/queues/kinds'
import { maskText } from '@/features/queues/secrets'

interface LetterDrawerProps {
  letter: Letter
  onAct: (act: LetterAct) => void
  onClose: () => void
}

export function LetterDrawer({ letter, onAct, onClose }: LetterDrawerProps) {
  const { t, i18n } = useTranslation('queues')
  const kind = useKindName()(letter.kind)
  const exact = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'full', timeStyle: 'long' })
  const when = (at: string) => exact.format(new Date(at))
  return (
    <SideDialog onClose={onClose} title={t('letters.named', { kind, id: letter.id })}>
      <Stack gap="sm">
        <Group gap="xs">
          <Button size="xs" onClick={() => onAct('replay')}>
            {t('acts.replay')}
          </Button>
          <Button size="xs" variant="light" color="red" onClick={() => onAct('discard')}>
            {t('acts.discard')}
          </Button>
        </Group>
        <div>
          <Label text={t('facts.error')} />
          <Code block dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {maskText(letter.lastError)}
          </Code>
        </div>
        <div>
          <Label text={t('payload.title')} />
          <PayloadView payload={letter.payload} />
        </div>
        <Fact name={t('facts.workspace')} value={ownerOf(letter)} />
        <Fact name={t('facts.queue')} value={letter.queue} />
        <Fact name={t('facts.kind')} value={letter.kind} />
        <Fact name={t('facts.subject')} value={letter.subject} />
        <Fact name={t('facts.event')} value={letter.eventId} />
        <Fact name={t('facts.attempts')} value={String(letter.attempts)} />
        <Fact name={t('facts.created')} value={when(letter.createdAt)} />
        <Fact name={t('facts.died')} value={when(letter.diedAt)} />
      </Stack>
    </SideDialog>
  )
}

const Label = ({ text }: { text: string }) => (
  <Text size="xs" c="dimmed">
    {text}
  </Text>
)

function Fact({ name, value }: { name: string; value: string | null }) {
  if (!value) return null
  return (
    <div>
      <Label text={name} />
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        <bdi>{value}</bdi>
      </Text>
    </div>
  )
}
