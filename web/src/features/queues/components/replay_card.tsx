// Processes stored webhooks again, by period or by id, after a question.
import { Alert, Button, Group, SegmentedControl, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { ReplayDialog } from '@/features/queues/components/replay_dialog'
import type { Desk, EventReplay } from '@/features/queues/desk'
import { emptyReplay, readReplay, type ReplayFault, type ReplayForm } from '@/features/queues/replay_request'

interface ReplayCardProps {
  desk: Desk
  /** More fields, and what they add to the request. */
  children?: ReactNode
  more?: Partial<EventReplay>
}

export function ReplayCard({ desk, children, more = {} }: ReplayCardProps) {
  const { t } = useTranslation('queues')
  const [form, setForm] = useState(emptyReplay)
  const [fault, setFault] = useState<ReplayFault | null>(null)
  const [asked, setAsked] = useState<EventReplay | null>(null)
  const [started, setStarted] = useState<string | null>(null)
  const set = (change: Partial<ReplayForm>) => {
    setForm({ ...form, ...change })
    setFault(null)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const read = readReplay(form)
    if ('fault' in read) setFault(read.fault)
    else setAsked({ ...read.request, ...more })
  }
  return (
    <Card title={t('replay.title')} about={t('replay.about')}>
      <form onSubmit={submit} noValidate aria-label={t('replay.title')}>
        <Stack gap="sm">
          <SegmentedControl
            aria-label={t('replay.by')}
            data={[
              { value: 'period', label: t('replay.byPeriod') },
              { value: 'ids', label: t('replay.byIds') },
            ]}
            value={form.by}
            onChange={(by) => set({ by: by === 'ids' ? 'ids' : 'period' })}
            style={{ alignSelf: 'flex-start' }}
          />
          {form.by === 'period' ? (
            <Period form={form} onChange={set} />
          ) : (
            <Textarea
              label={t('replay.ids')}
              description={t('replay.idsAbout')}
              autosize
              minRows={2}
              maxRows={8}
              dir="ltr"
              value={form.ids}
              onChange={(event) => set({ ids: event.currentTarget.value })}
            />
          )}
          {children}
          {fault ? (
            <Text role="alert" size="sm" c="var(--mantine-color-error)">
              {t(`replay.faults.${fault}`)}
            </Text>
          ) : null}
          {started ? (
            <Alert role="status" variant="light" icon={<IconCheck size={18} aria-hidden />}>
              {started}
            </Alert>
          ) : null}
          <Group>
            <Button type="submit" variant="default">
              {t('replay.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
      {asked ? (
        <ReplayDialog desk={desk} wanted={asked} onClose={() => setAsked(null)} onStarted={setStarted} />
      ) : null}
    </Card>
  )
}

function Period({ form, onChange }: { form: ReplayForm; onChange: (change: Partial<ReplayForm>) => void }) {
  const { t } = useTranslation('queues')
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" maw={520}>
      <TextInput
        label={t('replay.from')}
        type="datetime-local"
        max={form.to || undefined}
        value={form.from}
        onChange={(event) => onChange({ from: event.currentTarget.value })}
      />
      <TextInput
        label={t('replay.to')}
        type="datetime-local"
        min={form.from || undefined}
        value={form.to}
        onChange={(event) => onChange({ to: event.currentTarget.value })}
      />
    </SimpleGrid>
  )
}
