import { ActionIcon, CopyButton, Group, Stack, Text, Tooltip } from '@mantine/core'
import { IconAt, IconCheck, IconCopy, IconId, IconPhone } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { Contact } from '@/features/contacts/api/contacts'

// What people know each other by comes first.
const order = ['phone', 'username', 'bsuid'] as const
const icons = { phone: IconPhone, bsuid: IconId, username: IconAt }

export function IdentityList({ contact: { identities } }: { contact: Contact }) {
  const { t } = useTranslation('contacts')
  return (
    <Stack component="ul" gap={4} p={0} m={0} style={{ listStyle: 'none' }} aria-label={t('identities.title')}>
      {order.flatMap((wanted) => identities.filter(({ kind }) => kind === wanted)).map(({ kind, value }) => {
        const KindIcon = icons[kind]
        const shown = kind === 'phone' && !value.startsWith('+') ? `+${value}` : value
        return (
          <Group component="li" key={`${kind} ${value}`} wrap="nowrap" gap="xs">
            <Tooltip label={t(`identities.${kind}`)}>
              <KindIcon size={16} stroke={1.6} style={{ flexShrink: 0 }} aria-label={t(`identities.${kind}`)} role="img" />
            </Tooltip>
            <Text size="sm" style={{ overflowWrap: 'anywhere', flexGrow: 1 }}>
              <bdi dir="ltr">{shown}</bdi>
            </Text>
            <CopyButton value={shown}>
              {({ copied, copy }) => (
                <ActionIcon variant="subtle" color="gray" size="sm" aria-label={copied ? t('copied') : t('copy', { value: shown })} onClick={copy}>
                  {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
                </ActionIcon>
              )}
            </CopyButton>
          </Group>
        )
      })}
    </Stack>
  )
}
