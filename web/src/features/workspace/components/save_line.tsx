// The end of a card with a form: why it was refused, and a button that sends while something changed.
import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'

interface SaveLineProps {
  save: { isPending: boolean; isSuccess: boolean; error: unknown }
  changed: boolean
  valid?: boolean
}

export function SaveLine({ save, changed, valid = true }: SaveLineProps) {
  const { t } = useTranslation('components')
  return (
    <>
      <FailureAlert failure={save.error} />
      <Group gap="sm">
        <Button type="submit" loading={save.isPending} disabled={!changed || !valid}>
          {t('save')}
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {save.isSuccess && !changed ? t('saved') : ''}
        </Text>
      </Group>
    </>
  )
}
