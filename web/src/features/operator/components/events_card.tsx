// The list of stored webhooks, from which some can be picked and processed again.
import { Alert, Badge, Button, Checkbox, Group, TextInput } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { Card } from '@/components/card'
import { LoadMore } from '@/components/load_more'
import { QueryView } from '@/components/query_view'
import { Row, RowList } from '@/components/row_list'
import { EmptyState } from '@/components/states'
import { deskOf, eventsQuery } from '@/features/operator/api/queues'
import { ReplayDialog, useSelection } from '@/features/queues'

type StoredEvent = components['schemas']['StoredEvent']

export function EventsCard() {
  const { t } = useTranslation(['operator', 'components'])
  const [day, setDay] = useState('')
  const query = useInfiniteQuery({ ...eventsQuery(day), placeholderData: keepPreviousData })
  const selection = useSelection((query.data ?? []).map(({ id }) => id))
  const [asked, setAsked] = useState<string[] | null>(null)
  const [started, setStarted] = useState<string | null>(null)
  return (
    <Card title={t('events.list')} about={t('events.listAbout')}>
      <Group justify="space-between" align="flex-end">
        <TextInput
          label={t('events.day')}
          type="date"
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        {selection.ids.length > 0 ? (
          <Button variant="default" onClick={() => setAsked(selection.ids)}>
            {t('events.replay', { count: selection.ids.length })}
          </Button>
        ) : null}
      </Group>
      {started ? (
        <Alert
          role="status"
          variant="light"
          withCloseButton
          closeButtonLabel={t('components:close')}
          onClose={() => setStarted(null)}
        >
          {started}
        </Alert>
      ) : null}
      <QueryView
        query={query}
        empty={{
          when: (events) => events.length === 0,
          show: <EmptyState title={t('events.none')} text={t('events.noneAbout')} />,
        }}
      >
        {(events) => (
          <RowList label={t('events.list')}>
            {events.map((event) => (
              <EventRow
                key={event.id}
                event={event}
                ticked={selection.has(event.id)}
                onTick={() => selection.toggle(event.id)}
              />
            ))}
          </RowList>
        )}
      </QueryView>
      <LoadMore query={query} />
      {asked ? (
        <ReplayDialog
          desk={deskOf('')}
          wanted={{ ids: asked }}
          onClose={() => setAsked(null)}
          onStarted={(text) => {
            setStarted(text)
            selection.setAll(false)
          }}
        />
      ) : null}
    </Card>
  )
}

interface EventRowProps {
  event: StoredEvent
  ticked: boolean
  onTick: () => void
}

function EventRow({ event, ticked, onTick }: EventRowProps) {
  const { t, i18n } = useTranslation('operator')
  const when = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'medium' })
  const bytes = new Intl.NumberFormat(i18n.language, { style: 'unit', unit: 'byte', unitDisplay: 'narrow' })
  return (
    <Row
      lead={<Checkbox aria-label={t('events.tick', { id: event.id })} checked={ticked} onChange={onTick} />}
      title={<time dateTime={event.receivedAt}>{when.format(new Date(event.receivedAt))}</time>}
      badges={
        <Badge variant="light" color="gray" size="sm">
          {t(`events.kinds.${event.kind}`)}
        </Badge>
      }
      about={
        <>
          <bdi>{event.id}</bdi> · {bytes.format(event.bytes)}
        </>
      }
    />
  )
}
