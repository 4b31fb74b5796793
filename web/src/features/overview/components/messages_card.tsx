// Messages in and out by day, or today by hour: a chart, and the same as a table for who cannot see it.
import { BarChart } from '@mantine/charts'
import { SegmentedControl, Table, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import type { Overview } from '@/features/overview/api/overview'
import { dayRows, hourRows } from '@/features/overview/rules'
import { numberFormat } from '@/lib/formats'
import { directionOf } from '@/lib/i18n'

type Step = 'day' | 'hour'

export function MessagesCard({ overview }: { overview: Overview }) {
  const { t, i18n } = useTranslation('overview')
  const { language } = i18n
  const [step, setStep] = useState<Step>('day')
  const rows = step === 'day' ? dayRows(overview.days, language) : hourRows(overview.hours, language)
  const isRightToLeft = directionOf(language) === 'rtl'
  const steps = (['day', 'hour'] as const).map((value) => ({ value, label: t(`messages.${value}`) }))
  return (
    <Card
      title={t('messages.title')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('messages.step')}
          data={steps}
          value={step}
          onChange={(value) => setStep(value === 'hour' ? 'hour' : 'day')}
        />
      }
    >
      {/* The drawing anchors its texts from left to right. */}
      <div aria-hidden dir="ltr">
        <BarChart
          h={260}
          data={rows}
          dataKey="name"
          series={[
            { name: 'inbound', label: t('figures.inbound'), color: 'brand.6' },
            { name: 'outbound', label: t('figures.outbound'), color: 'indigo.5' },
          ]}
          withLegend
          legendProps={{ verticalAlign: 'bottom' }}
          valueFormatter={(value) => numberFormat(language).format(value)}
          xAxisProps={{ reversed: isRightToLeft, minTickGap: 16 }}
          yAxisProps={{ orientation: isRightToLeft ? 'right' : 'left', allowDecimals: false }}
          barProps={{ isAnimationActive: false, radius: [3, 3, 0, 0] }}
          tooltipAnimationDuration={0}
        />
      </div>
      <VisuallyHidden>
        <MessagesTable rows={rows} />
      </VisuallyHidden>
    </Card>
  )
}

function MessagesTable({ rows }: { rows: ReturnType<typeof dayRows> }) {
  const { t, i18n } = useTranslation('overview')
  const number = numberFormat(i18n.language)
  return (
    <Table>
      <Table.Caption>{t('messages.title')}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('messages.time')}</Table.Th>
          <Table.Th>{t('figures.inbound')}</Table.Th>
          <Table.Th>{t('figures.outbound')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.at}>
            <Table.Th scope="row">{row.name}</Table.Th>
            <Table.Td>{number.format(row.inbound)}</Table.Td>
            <Table.Td>{number.format(row.outbound)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
