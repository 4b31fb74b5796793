// What has become of a file's rows.
import { Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { Import } from '@/features/contact_imports/api/imports'

const counted = ['created', 'updated', 'skipped', 'refused'] as const

export function Counts({ of: one }: { of: Import }) {
  const { t, i18n } = useTranslation('contact_imports')
  const number = new Intl.NumberFormat(i18n.language)
  return (
    <Group gap="xl" role="list" aria-label={t('counts.name')}>
      {counted.map((name) => (
        <Stack key={name} gap={0} role="listitem">
          <Text size="xl" fw={700} c={name === 'refused' && one.refused > 0 ? 'red.8' : undefined}>
            {number.format(one[name])}
          </Text>
          <Text size="sm" c="dimmed">
            {t(`counts.${name}`)}
          </Text>
        </Stack>
      ))}
    </Group>
  )
}
