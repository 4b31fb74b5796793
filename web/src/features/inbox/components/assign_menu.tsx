// Who looks after a conversation, and giving it to somebody else.
import { Button, Menu, Text } from '@mantine/core'
import { IconCheck, IconUserCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { membersQuery, useAssign, type Conversation } from '@/features/inbox/api/conversations'
import { useShortcuts } from '@/features/inbox/use_shortcuts'
import { useMe } from '@/lib/me'
import { useAllowed } from '@/lib/permissions'
import { useNotifyFailure } from '@/lib/use_notify_failure'

export function AssignMenu({ conversation: { id, assigneeId } }: { conversation: Conversation }) {
  const { t } = useTranslation('inbox')
  const mayAssign = useAllowed('assignConversations')
  const knowsTeam = useAllowed('manageTeam')
  const { data: me } = useMe()
  const members = useQuery({ ...membersQuery, enabled: knowsTeam }).data?.members ?? []
  const assign = useAssign(id)
  const notifyFailure = useNotifyFailure()
  const [opened, setOpened] = useState(false)
  useShortcuts(mayAssign ? { assign: () => setOpened(true) } : {})
  const myId = me?.user.id
  const others = members.filter((member) => member.id !== myId)
  const nameOf = (who: string | null) => {
    if (who === null) return t('assign.nobody')
    if (who === myId) return t('assign.you')
    return members.find((member) => member.id === who)?.name ?? t('assign.colleague')
  }
  const give = (to: string | null) => {
    if (to !== assigneeId) assign.mutate(to, { onError: notifyFailure })
  }
  if (!mayAssign) {
    return assigneeId === null ? null : (
      <Text size="xs" c="dimmed" truncate>
        <bdi>{nameOf(assigneeId)}</bdi>
      </Text>
    )
  }
  const choices = [myId ?? null, ...others.map((member) => member.id), null].filter((who, index, all) => all.indexOf(who) === index)
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" withinPortal returnFocus>
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          loading={assign.isPending}
          px={{ base: 7, xs: 'sm' }}
          aria-label={t('assign.label', { name: nameOf(assigneeId) })}
          maw={150}
        >
          <IconUserCircle size={16} stroke={1.6} aria-hidden />
          <Text size="xs" ms={8} truncate visibleFrom="xs">
            <bdi>{nameOf(assigneeId)}</bdi>
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="50dvh" style={{ overflowY: 'auto' }}>
        <Menu.Label>{t('assign.title')}</Menu.Label>
        {choices.map((who) => (
          <Menu.Item
            key={who ?? ''}
            onClick={() => give(who)}
            rightSection={who === assigneeId ? <IconCheck size={14} aria-hidden /> : null}
            aria-current={who === assigneeId}
          >
            <bdi>{who === myId ? t('assign.toMe') : nameOf(who)}</bdi>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
