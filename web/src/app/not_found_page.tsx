import { Button } from '@mantine/core'
import { IconMapQuestion } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { State } from '@/components/states'
import { paths } from '@/config/paths'

export function NotFoundPage() {
  const { t } = useTranslation('app')
  return (
    <State
      icon={<IconMapQuestion size={26} stroke={1.5} />}
      title={t('notFound.title')}
      text={t('notFound.text')}
      action={
        <Button component={Link} to={paths.home} variant="light">
          {t('notFound.home')}
        </Button>
      }
    />
  )
}
