// Today's figures, each with that of the whole period.
import { useTranslation } from 'react-i18next'

import type { Counts, Overview } from '@/features/overview/api/overview'
import styles from '@/features/overview/components/figures.module.css'
import { durationText } from '@/features/overview/rules'
import { numberFormat } from '@/lib/formats'

export function Figures({ overview }: { overview: Overview }) {
  const { t, i18n } = useTranslation('overview')
  const { language } = i18n
  const today = overview.days.at(-1)?.counts ?? overview.total
  const count = (value: number) => numberFormat(language).format(value)
  const inDays = (value: string) => t('inDays', { value, count: overview.days.length })
  const wait = ({ medianWaitSeconds }: Counts) =>
    medianWaitSeconds === null ? '–' : durationText(medianWaitSeconds, language)
  const plain = ['inbound', 'outbound', 'failed', 'newContacts', 'optOuts'] as const
  return (
    <dl className={styles.figures}>
      {plain.map((name) => (
        <Figure key={name} name={t(`figures.${name}`)} value={count(today[name])} more={inDays(count(overview.total[name]))} />
      ))}
      <Figure name={t('figures.wait')} value={wait(today)} more={inDays(wait(overview.total))} />
    </dl>
  )
}

function Figure({ name, value, more }: { name: string; value: string; more: string }) {
  const { t } = useTranslation('overview')
  return (
    <div className={styles.figure}>
      <dt className={styles.name}>{name}</dt>
      <dd className={styles.value}>
        {value} <span className={styles.more}>{t('today')}</span>
      </dd>
      <dd className={styles.more}>{more}</dd>
    </div>
  )
}
