// What one can do with an open conversation: assign, snooze, resolve, reopen.
import { Button, Text } from '@mantine/core'
import { IconCircleCheck, IconRotate } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import type { Conversation } from '@/features/inbox/api/conversations'
import { AssignPicker } from '@/features/inbox/components/assign_picker'
import { SnoozeMenu } from '@/features/inbox/components/snooze_menu'
import { useActs } from '@/features/inbox/use_acts'
import { keyOf } from '@/features/inbox/shortcuts'
import { useShortcuts } from '@/features/inbox/use_shortcuts'
import { undoNewest } from '@/features/inbox/undo'
import { useAllowed } from '@/lib/permissions'

export function ConversationActs({ conversation }: { conversation: Conversation }) {
  const mayResolve = useAllowed('resolveConversations')
  const { act, pending } = useActs(conversation)
  const resolved = conversation.status === 'resolved'
  const toggle = () => act({ kind: resolved ? 'reopen' : 'resolve' })
  useShortcuts({ undo: undoNewest, ...(mayResolve ? { resolve: toggle } : {}) })
  return (
    <>
      <AssignPicker conversation={conversation} onAct={act} />
      {mayResolve && !resolved ? <SnoozeMenu onSnooze={(until) => act({ kind: 'snooze', until })} /> : null}
      {mayResolve ? <ResolveButton status={conversation.status} pending={pending} onClick={toggle} /> : null}
    </>
  )
}

interface ResolveProps {
  status: Conversation['status']
  pending: boolean
  onClick: () => void
}

/** With its word where there is room, else a sign. */
function ResolveButton({ status, pending, onClick }: ResolveProps) {
  const { t } = useTranslation('inbox')
  const resolved = status === 'resolved'
  const label = t(resolved ? 'acts.reopen' : 'acts.resolve')
  const Sign = resolved ? IconRotate : IconCircleCheck
  return (
    <Button size="xs" px={8} variant={resolved ? 'default' : 'filled'} loading={pending} aria-label={label} title={`${label} (${keyOf('resolve')})`} onClick={onClick}>
      <Sign size={17} stroke={1.6} aria-hidden />
      <Text span size="xs" fw={600} ms={6} visibleFrom="lg">
        {label}
      </Text>
    </Button>
  )
}
