// All keys, out of the table that answers them.
import { Group, Kbd, Stack, Text, Title } from '@mantine/core'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { shortcutGroups, shortcutIds, shortcuts } from '@/features/inbox'

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)
const names: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc', Mod: isMac ? '⌘' : 'Ctrl' }
const emojiKeys = isMac ? '⌃⌘Space' : 'Win + .'

const showKey = (key: string) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key)

export function KeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('inbox')
  return (
    <Dialog onClose={onClose} title={t('keys.title')} size="lg">
      <div style={{ columns: '2 250px', columnGap: 24 }}>
        {shortcutGroups.map((group) => (
          <Stack key={group} gap="xs" pb="md" style={{ breakInside: 'avoid' }}>
            <Title order={3} size="h5">
              {t(`keys.groups.${group}`)}
            </Title>
            {shortcutIds
              .filter((id) => shortcuts[id].group === group)
              .map((id) => (
                <Group key={id} justify="space-between" wrap="nowrap" gap="xs">
                  <Text size="sm">{t(`keys.${id}`)}</Text>
                  <Keys ways={shortcuts[id].keys} />
                </Group>
              ))}
          </Stack>
        ))}
      </div>
      <Text size="sm" c="dimmed">
        {t('keys.emoji', { keys: emojiKeys })}
      </Text>
    </Dialog>
  )
}

function Keys({ ways }: { ways: readonly string[] }) {
  const { t } = useTranslation('inbox')
  return (
    <Group gap={4} wrap="nowrap" dir="ltr">
      {ways.map((way, index) => (
        <Fragment key={way}>
          {index > 0 ? <Text size="xs">{t('keys.or')}</Text> : null}
          {way.split(' ').map((part, at) => (
            <Fragment key={part}>
              {at > 0 ? <Text size="xs">{t('keys.then')}</Text> : null}
              {part.split('+').map((key) => (
                <Kbd key={key}>{showKey(key)}</Kbd>
              ))}
            </Fragment>
          ))}
        </Fragment>
      ))}
    </Group>
  )
}
