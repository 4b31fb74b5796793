// Whether a number can send, in a word.
import { Badge } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { statusOf } from '@/features/numbers/rules'

const colours = { connected: 'brand', pending: 'yellow', reconnect_needed: 'red.9', unknown: 'gray' }

export function NumberBadge({ number }: { number: components['schemas']['PhoneNumber'] }) {
  const { t } = useTranslation('numbers')
  const status = statusOf(number.status)
  return (
    <Badge color={colours[status]} variant={status === 'connected' ? 'light' : 'filled'} autoContrast>
      {t(`status.${status}`)}
    </Badge>
  )
}
