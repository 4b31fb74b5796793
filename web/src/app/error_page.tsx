// A page that broke. A chunk that is gone (a new version was installed) is fetched anew by a reload.
import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { State } from '@/components/states'
import { useFailureText } from '@/lib/use_failure_text'

export function ErrorPage({ error }: { error: unknown }) {
  const { t } = useTranslation('app')
  const failureText = useFailureText()
  return (
    <State
      alert
      icon={<IconAlertTriangle size={26} stroke={1.5} />}
      title={t('broken.title')}
      text={failureText(error)}
      action={
        <Button onClick={() => location.reload()} variant="light">
          {t('broken.reload')}
        </Button>
      }
    />
  )
}
