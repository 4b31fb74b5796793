// An import that has ended: what became of the rows, and those that were refused as a file.
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconDownload, IconUsers } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { paths } from '@/config/paths'
import { openRefused, type Import } from '@/features/contact_imports/api/imports'
import { Counts } from '@/features/contact_imports/components/counts'
import { saveStream } from '@/lib/download'
import { useNotifyFailure } from '@/lib/use_notify_failure'

export function ResultCard({ one }: { one: Import }) {
  const { t, i18n } = useTranslation('contact_imports')
  const number = new Intl.NumberFormat(i18n.language)
  const begun = one.startedAt !== null
  return (
    <Card
      title={t(`result.${one.state === 'done' ? 'done' : one.state === 'failed' ? 'failed' : 'cancelled'}`)}
      {...(begun && { about: t('progress.rows', { count: one.rowsTotal, done: number.format(one.rowsDone), total: number.format(one.rowsTotal) }) })}
    >
      <Stack gap="md">
        {one.failure ? (
          <Alert color="red" variant="light">
            <Text size="sm" dir="auto">
              {one.failure}
            </Text>
          </Alert>
        ) : null}
        {begun ? <Counts of={one} /> : null}
        <Group gap="xs">
          <Button component={Link} to={paths.contacts} variant="light" leftSection={<IconUsers size={16} aria-hidden />}>
            {t('result.contacts')}
          </Button>
          {one.refused > 0 ? <RefusedButton one={one} /> : null}
          <Button component={Link} to={paths.contactImports} variant="default">
            {t('result.another')}
          </Button>
        </Group>
        {one.refused > 0 ? (
          <Text size="sm" c="dimmed">
            {t('result.refusedAbout')}
          </Text>
        ) : null}
      </Stack>
    </Card>
  )
}

function RefusedButton({ one }: { one: Import }) {
  const { t, i18n } = useTranslation('contact_imports')
  const notifyFailure = useNotifyFailure()
  const save = useMutation({
    mutationFn: () => saveStream({ name: 'refused.csv', type: 'text/csv', open: () => openRefused(one.id) }),
    onError: notifyFailure,
  })
  return (
    <Button variant="light" color="red" leftSection={<IconDownload size={16} aria-hidden />} loading={save.isPending} onClick={() => save.mutate()}>
      {t('result.refused', { count: one.refused, number: new Intl.NumberFormat(i18n.language).format(one.refused) })}
    </Button>
  )
}
