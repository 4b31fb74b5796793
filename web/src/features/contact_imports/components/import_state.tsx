import { Badge } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { Import } from '@/features/contact_imports/api/imports'

const colors: Record<Import['state'], string> = {
  uploading: 'gray',
  ready: 'blue',
  queued: 'gray',
  running: 'blue',
  done: 'brand',
  cancelled: 'gray',
  failed: 'red',
}

export function ImportState({ state }: Pick<Import, 'state'>) {
  const { t } = useTranslation('contact_imports')
  return (
    <Badge variant="light" color={colors[state]} style={{ flexShrink: 0 }}>
      {t(`states.${state}`)}
    </Badge>
  )
}
