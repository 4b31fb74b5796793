// Putting a conversation away until later: four ways, by mouse or keys.
import { ActionIcon, Button, Group, Menu, Stack, Text, TextInput } from '@mantine/core'
import { IconAlarm } from '@tabler/icons-react'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { formatMoment, parseMoment, presets, toFieldText } from '@/features/inbox/snooze_times'
import { keyOf } from '@/features/inbox/shortcuts'
import { useShortcuts } from '@/features/inbox/use_shortcuts'

interface SnoozeProps {
  onSnooze: (until: string) => void
}

export function SnoozeMenu({ onSnooze }: SnoozeProps) {
  const { t, i18n } = useTranslation('inbox')
  const [opened, setOpened] = useState(false)
  const [picking, setPicking] = useState(false)
  useShortcuts({ snooze: () => setOpened(true) })
  return (
    <>
      <Menu opened={opened} onChange={setOpened} position="bottom-end" width={310} returnFocus={!picking} transitionProps={{ duration: 80 }}>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t('acts.snooze')} title={`${t('acts.snooze')} (${keyOf('snooze')})`}>
            <IconAlarm size={17} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('snooze.title')}</Menu.Label>
          {(opened ? presets(new Date()) : []).map(({ name, at }) => (
            <Menu.Item
              key={name}
              rightSection={<Text size="xs" c="dimmed">{formatMoment(at, i18n.language)}</Text>}
              onClick={() => onSnooze(at.toISOString())}
            >
              {t(`snooze.${name}`)}
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => setPicking(true)}>{t('snooze.pick')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {picking ? <PickDialog onSnooze={onSnooze} onClose={() => setPicking(false)} /> : null}
    </>
  )
}

function PickDialog({ onSnooze, onClose }: SnoozeProps & { onClose: () => void }) {
  const { t } = useTranslation(['inbox', 'components'])
  const [text, setText] = useState(() => toFieldText(presets(new Date()).find(({ name }) => name === 'tomorrow')?.at ?? new Date()))
  const [wrong, setWrong] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const at = parseMoment(text, new Date())
    setWrong(at === null)
    if (!at) return
    onSnooze(at.toISOString())
    onClose()
  }
  return (
    <Dialog title={t('inbox:snooze.pick')} onClose={onClose} size="sm">
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput
            type="datetime-local"
            label={t('inbox:snooze.until')}
            data-autofocus
            value={text}
            error={wrong ? t('inbox:snooze.invalid') : undefined}
            onChange={(event) => setText(event.currentTarget.value)}
            // Some browsers open their calendar instead of sending the form.
            onKeyDown={(event) => event.key === 'Enter' && submit(event)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('components:cancel')}
            </Button>
            <Button type="submit">{t('inbox:acts.snooze')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
