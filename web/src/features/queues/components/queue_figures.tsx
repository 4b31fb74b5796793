// The figures of one kind of queue: what is due, how long the oldest of it waits, what comes later.
import { SimpleGrid } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { Card } from '@/components/card'
import { ageText, calmOf } from '@/features/queues/age'
import { Figure } from '@/features/queues/components/figure'

interface QueueFiguresProps {
  title: string
  about?: string
  counts: components['schemas']['QueueCounts']
}

export function QueueFigures({ title, about, counts }: QueueFiguresProps) {
  const { t, i18n } = useTranslation('queues')
  const number = new Intl.NumberFormat(i18n.language)
  const state = calmOf(counts.oldestAgeMs)
  return (
    <Card title={title} {...(about ? { about } : {})}>
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="xs">
        <Figure label={t('figures.pending')} value={number.format(counts.pending)} about={t('figures.pendingAbout')} />
        <Figure
          label={t('figures.oldest')}
          value={counts.pending > 0 ? ageText(counts.oldestAgeMs, i18n.language) : '–'}
          about={t(`figures.states.${counts.pending > 0 ? state : 'calm'}`)}
          state={counts.pending > 0 ? state : 'calm'}
        />
        <Figure label={t('figures.delayed')} value={number.format(counts.delayed)} about={t('figures.delayedAbout')} />
        <Figure
          label={t('figures.dead')}
          value={number.format(counts.dead)}
          about={t('figures.deadAbout')}
          state={counts.dead > 0 ? 'late' : 'calm'}
        />
      </SimpleGrid>
    </Card>
  )
}
