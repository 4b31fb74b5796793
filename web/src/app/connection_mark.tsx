// Says, quietly, that the connection was lost and is being made again; short losses go untold.
import { Group, Loader, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useLostAt } from '@/lib/live/use_live'

const toldAfterMs = 4_000

export function ConnectionMark() {
  const { t } = useTranslation('app')
  const lost = useLostForLong()
  return (
    <div role="status">
      {lost ? (
        <Group gap="xs" wrap="nowrap" px="sm" py={6}>
          <Loader size={12} color="gray" aria-hidden />
          <Text size="xs" c="dimmed">
            {t('connection.lost')}
          </Text>
        </Group>
      ) : null}
    </div>
  )
}

function useLostForLong(): boolean {
  const lostAt = useLostAt()
  const [long, setLong] = useState(false)
  useEffect(() => {
    setLong(false)
    if (lostAt === null) return undefined
    const timer = setTimeout(() => setLong(true), lostAt + toldAfterMs - Date.now())
    return () => clearTimeout(timer)
  }, [lostAt])
  return long
}
