// Chooses an emoji; the arrows move through them as they stand.
import { ActionIcon, Popover, Text } from '@mantine/core'
import { IconMoodSmile } from '@tabler/icons-react'
import { useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import classes from '@/features/inbox/components/emoji_picker.module.css'
import { emojiGroupNames, emojiGroups } from '@/features/inbox/emoji'

const columns = 8

export function EmojiPicker({ onChoose }: { onChoose: (emoji: string) => void }) {
  const { t } = useTranslation('inbox')
  const [opened, setOpened] = useState(false)
  const choose = (emoji: string) => {
    setOpened(false)
    onChoose(emoji)
  }
  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" trapFocus shadow="md">
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('composer.emoji')}
          title={t('composer.emoji')}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          <IconMoodSmile size={17} stroke={1.8} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={t('composer.emoji')} className={classes.dropdown} onKeyDown={move}>
        {emojiGroupNames.map((group) => (
          <section key={group} aria-label={t(`emoji.${group}`)}>
            <Text size="xs" c="dimmed" fw={600} mt={4}>
              {t(`emoji.${group}`)}
            </Text>
            <div className={classes.grid}>
              {emojiGroups[group].map((emoji) => (
                <button key={emoji} type="button" className={classes.emoji} onClick={() => choose(emoji)}>
                  {emoji}
                </button>
              ))}
            </div>
          </section>
        ))}
      </Popover.Dropdown>
    </Popover>
  )
}

function move(event: KeyboardEvent<HTMLElement>): void {
  const towardsEnd = document.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
  const steps: Record<string, number> = { ArrowDown: columns, ArrowUp: -columns, ArrowLeft: -1, ArrowRight: -1, [towardsEnd]: 1 }
  const step = steps[event.key]
  if (!step) return
  event.preventDefault()
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('button')]
  const at = all.findIndex((one) => one === document.activeElement)
  all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus()
}
