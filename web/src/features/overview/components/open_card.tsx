// Open conversations by age: how many customers wait, and how many were answered.
import { ColorSwatch, Group, Progress, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import type { Overview } from '@/features/overview/api/overview'
import styles from '@/features/overview/components/open_card.module.css'
import { numberFormat } from '@/lib/formats'

const colours = { waiting: 'orange.6', answered: 'gray.5' } as const

export function OpenCard({ overview }: { overview: Overview }) {
  const { t, i18n } = useTranslation('overview')
  const format = numberFormat(i18n.language)
  const largest = Math.max(1, ...overview.open.map(({ waiting, answered }) => waiting + answered))
  const nameOf = (from: number | null, to: number | null) => {
    if (to === null) return t('open.over', { count: from ?? 0 })
    return from === null ? t('open.under', { count: to }) : t('open.between', { from, count: to })
  }
  return (
    <Card title={t('open.title')} about={overview.openExact ? t('open.about') : t('open.aboutMany')}>
      <ul className={styles.ages}>
        {overview.open.map(({ hoursMax, waiting, answered }, place, { [place - 1]: younger }) => (
          <li key={hoursMax ?? 'older'} className={styles.age}>
            <span>{nameOf(younger?.hoursMax ?? null, hoursMax)}</span>
            <Progress.Root size="lg" aria-hidden>
              <Progress.Section value={(waiting / largest) * 100} color={colours.waiting} aria-hidden />
              <Progress.Section value={(answered / largest) * 100} color={colours.answered} aria-hidden />
            </Progress.Root>
            <span>{t('open.counts', { waiting: format.format(waiting), answered: format.format(answered) })}</span>
          </li>
        ))}
      </ul>
      <Group gap="md" aria-hidden>
        {(['waiting', 'answered'] as const).map((kind) => (
          <Group key={kind} gap={6}>
            <ColorSwatch size={10} color={`var(--mantine-color-${colours[kind].replace('.', '-')})`} withShadow={false} />
            <Text size="xs" c="dimmed">
              {t(`open.${kind}`)}
            </Text>
          </Group>
        ))}
      </Group>
    </Card>
  )
}
