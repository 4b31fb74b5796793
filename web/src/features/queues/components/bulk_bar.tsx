import { Button, Group, Text } from '@mantine/core'
import { IconPlayerPlay, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { LetterAct } from '@/features/queues/desk'

export function BulkBar({ count, onAct }: { count: number; onAct: (act: LetterAct) => void }) {
  const { t } = useTranslation('queues')
  return (
    <Group gap="xs" role="group" aria-label={t('letters.ticked', { count })}>
      <Text size="sm" c="dimmed" aria-live="polite">
        {t('letters.ticked', { count })}
      </Text>
      <Button size="xs" leftSection={<IconPlayerPlay size={14} aria-hidden />} onClick={() => onAct('replay')}>
        {t('acts.replay')}
      </Button>
      <Button
        size="xs"
        variant="light"
        color="red"
        leftSection={<IconTrash size={14} aria-hidden />}
        onClick={() => onAct('discard')}
      >
        {t('acts.discard')}
      </Button>
    </Group>
  )
}
