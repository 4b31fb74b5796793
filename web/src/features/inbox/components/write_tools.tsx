// Below the field: marks, emoji, quick replies, templates.
import { ActionIcon, Group, Menu } from '@mantine/core'
import { IconBold, IconBolt, IconCode, IconItalic, IconSettings, IconSlash, IconStrikethrough, IconTemplate, type Icon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { EmojiPicker } from '@/features/inbox/components/emoji_picker'

const markButtons = [
  { mark: '*', name: 'bold', icon: IconBold },
  { mark: '_', name: 'italic', icon: IconItalic },
  { mark: '~', name: 'strike', icon: IconStrikethrough },
  { mark: '```', name: 'mono', icon: IconCode },
] as const

interface ToolsProps {
  onMark: (sign: string) => void
  onEmoji: (emoji: string) => void
  onQuickReply: () => void
  onManage: () => void
  onTemplate?: () => void
}

export function WriteTools({ onMark, onEmoji, onQuickReply, onManage, onTemplate }: ToolsProps) {
  const { t } = useTranslation('inbox')
  return (
    <Group gap={2} wrap="nowrap">
      {markButtons.map(({ mark, name, icon }) => (
        <Tool key={name} icon={icon} label={t(`composer.marks.${name}`)} onClick={() => onMark(mark)} />
      ))}
      <EmojiPicker onChoose={onEmoji} />
      <QuickReplyMenu onQuickReply={onQuickReply} onManage={onManage} />
      {onTemplate ? <Tool icon={IconTemplate} label={t('composer.chooseTemplate')} onClick={onTemplate} /> : null}
    </Group>
  )
}

function Tool({ icon: Sign, label, onClick }: { icon: Icon; label: string; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} title={label} onClick={onClick}>
      <Sign size={16} stroke={1.8} aria-hidden />
    </ActionIcon>
  )
}

function QuickReplyMenu({ onQuickReply, onManage }: Pick<ToolsProps, 'onQuickReply' | 'onManage'>) {
  const { t } = useTranslation(['inbox', 'quick_replies'])
  const label = t('inbox:composer.quickReplies')
  return (
    <Menu position="top-start" transitionProps={{ duration: 80 }} returnFocus={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={label} title={label}>
          <IconBolt size={16} stroke={1.8} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconSlash size={14} aria-hidden />} onClick={onQuickReply}>
          {label}
        </Menu.Item>
        <Menu.Item leftSection={<IconSettings size={14} aria-hidden />} onClick={onManage}>
          {t('quick_replies:manage')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
