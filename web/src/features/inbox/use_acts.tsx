// Does an act on a conversation: says that it is done, with a way back, or who was faster.
import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { isActing, undoOf, useAct, type Act, type Standing } from '@/features/inbox/api/acts'
import { conversationQuery, type Conversation } from '@/features/inbox/api/conversations'
import { newKey } from '@/features/inbox/keys'
import { offerUndo, undo, withdrawUndo } from '@/features/inbox/undo'
import { formatMoment } from '@/features/inbox/snooze_times'
import { ApiError } from '@/lib/api_error'
import { useNotifyFailure } from '@/lib/use_notify_failure'

const undoMs = 8_000

export function useActs(conversation: Conversation) {
  const { id } = conversation
  const client = useQueryClient()
  const { t } = useTranslation('inbox')
  const { mutateAsync, isPending } = useAct(id)
  const tellDone = useTellDone()
  const tellChanged = useTellChanged()
  const notifyFailure = useNotifyFailure()
  const now = () => client.getQueryData(conversationQuery(id).queryKey) ?? conversation

  const run = async (act: Act, seen: Standing): Promise<boolean> => {
    try {
      await mutateAsync({ act, seen })
      return true
    } catch (failure) {
      if (failure instanceof ApiError && failure.code === 'conversation_changed') tellChanged(seen, now())
      else notifyFailure(failure)
      return false
    }
  }
  const act = async (wanted: Act) => {
    if (isActing(client, id, wanted)) return
    const before = now()
    const notice = `act-${newKey()}`
    const doing = run(wanted, before)
    let taken = false
    // From now on, as an event may show what was done before its answer is here.
    offerUndo(notice, () => {
      taken = true
      notifications.hide(notice)
      void takeBack()
    })
    const takeBack = async () => {
      if (!(await doing) || !(await run(undoOf(wanted, before), now()))) return
      notifications.show({ message: t('acts.did.undo'), autoClose: 3_000, withCloseButton: false })
    }
    if (!(await doing)) withdrawUndo(notice)
    else if (!taken) tellDone(notice, wanted)
  }
  return { act: (wanted: Act) => void act(wanted), pending: isPending }
}

function useTellDone(): (id: string, act: Act) => void {
  const { t, i18n } = useTranslation('inbox')
  const say = (act: Act) => {
    if (act.kind === 'snooze') return t('acts.did.snooze', { time: formatMoment(act.until, i18n.language) })
    if (act.kind === 'assign') return act.to ? t('acts.did.assign', { name: act.to.name }) : t('acts.did.unassign')
    return t(`acts.did.${act.kind}`)
  }
  return (id, act) => {
    notifications.show({
      id,
      autoClose: undoMs,
      withCloseButton: false,
      onClose: () => withdrawUndo(id),
      message: (
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <span>{say(act)}</span>
          <Button size="compact-sm" variant="light" onClick={() => undo(id)}>
            {t('acts.undo')}
          </Button>
        </Group>
      ),
    })
  }
}

/** What a colleague or the customer has done meanwhile, as far as it can be seen. */
function useTellChanged(): (seen: Standing, now: Standing) => void {
  const { t } = useTranslation('inbox')
  const say = (seen: Standing, now: Standing) => {
    if (now.status !== seen.status) return t(`acts.changed.${now.status}`)
    if (now.assigneeId !== seen.assigneeId) {
      return now.assignee ? t('acts.changed.assigned', { name: now.assignee.name }) : t('acts.changed.unassigned')
    }
    return t(now.lastMessage?.id === seen.lastMessage?.id ? 'acts.changed.other' : 'acts.changed.message')
  }
  return (seen, now) => {
    notifications.show({ color: 'orange', title: t('acts.changed.title'), message: say(seen, now), autoClose: 10_000 })
  }
}
