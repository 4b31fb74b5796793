// Who else is in the conversation, so that two do not answer at once: colleagues who look at it, and who type.
import { Text } from '@mantine/core'
import { IconEye, IconPencil } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { colleaguesQuery } from '@/features/inbox/api/colleagues'
import classes from '@/features/inbox/components/inbox.module.css'
import { listFormat } from '@/lib/formats'
import { useHere, useViewing } from '@/lib/live/use_live'
import { useAllowed } from '@/lib/permissions'

const namesMax = 3

export function Here({ conversationId }: { conversationId: string }) {
  const { t, i18n } = useTranslation('inbox')
  const here = useHere(conversationId)
  const nameOf = useNames(conversationId, here.length > 0)
  useViewing(conversationId)
  const typing = here.filter((one) => one.typing)
  const told = (typing.length > 0 ? typing : here).slice(0, namesMax)
  const names = listFormat(i18n.language).format(told.map(({ userId }) => nameOf(userId)))
  const Sign = typing.length > 0 ? IconPencil : IconEye
  return (
    <div role="status">
      {told.length > 0 ? (
        <Text component="div" size="xs" className={classes.here} data-typing={typing.length > 0}>
          <Sign size={14} aria-hidden />
          <bdi>{t(typing.length > 0 ? 'here.typing' : 'here.looking', { names, count: told.length })}</bdi>
        </Text>
      ) : null}
    </div>
  )
}

/** Asked for when somebody is there. Who may not know them reads of a colleague. */
function useNames(conversationId: string, wanted: boolean): (userId: string) => string {
  const { t } = useTranslation('inbox')
  const allowed = useAllowed('sendMessages')
  const { data = [] } = useInfiniteQuery({
    ...colleaguesQuery({ conversationId, purpose: 'mention' }, ''),
    enabled: wanted && allowed,
  })
  return (userId) => data.find(({ id }) => id === userId)?.name ?? t('assign.colleague')
}
