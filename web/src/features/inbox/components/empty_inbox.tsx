// Why nobody is in the inbox, and what to do about it: connect a number, write to it, or ask somebody.
import { Button, Group } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { EmptyState, LoadingState } from '@/components/states'
import { paths } from '@/config/paths'
import { conversationsQuery } from '@/features/inbox/api/conversations'
import { runShortcut } from '@/features/inbox/use_shortcuts'
import { useAllowed } from '@/lib/permissions'
import { useWorkspace } from '@/lib/workspace'

export function EmptyInbox() {
  const { t } = useTranslation('inbox')
  const seesAll = useAllowed('viewAllConversations')
  const { data, isPending } = useInfiniteQuery(conversationsQuery({})) // also what was resolved or snoozed
  if (isPending) return <LoadingState />
  if (data?.pages.some(({ conversations }) => conversations.length > 0)) return <EmptyState title={t('list.done')} text={t('list.doneText')} />
  return seesAll ? <FirstSteps /> : <OnlyOwn />
}

/** Of who sees what is assigned to them, and nothing is. */
function OnlyOwn() {
  const { t } = useTranslation('inbox')
  const action = (
    <Group gap="xs" justify="center">
      <Button variant="light" onClick={() => runShortcut('help')}>
        {t('keys.title')}
      </Button>
      <Button variant="light" component={Link} to={paths.security}>
        {t('start.ownSettings')}
      </Button>
    </Group>
  )
  return <EmptyState title={t('start.onlyOwn')} text={t('start.onlyOwnText')} action={action} />
}

function FirstSteps() {
  const { t } = useTranslation('inbox')
  const mayConnect = useAllowed('manageIntegrations')
  const { data, isPending } = useWorkspace()
  if (isPending) return <LoadingState />
  const numbers = data?.phoneNumbers ?? []
  const able = numbers.find(({ status }) => status === 'connected')
  if (able) return <EmptyState title={t('list.empty')} text={t('start.test', { phone: leftToRight(able.displayPhone) })} action={<WriteButton phone={able.displayPhone} />} />
  if (!mayConnect) return <EmptyState title={t('list.empty')} text={t(data ? 'start.askOwner' : 'list.emptyText')} />
  return (
    <EmptyState
      title={t('list.empty')}
      text={t(numbers.length > 0 ? 'start.notAble' : 'start.noNumber')}
      action={
        <Button component={Link} to={paths.numbers}>
          {t(numbers.length > 0 ? 'start.look' : 'start.connect')}
        </Button>
      }
    />
  )
}

/** A number in a sentence of any language: its digits stay in order. */
const leftToRight = (text: string) => `\u2066${text}\u2069`

/** Opens one's own WhatsApp with a greeting to the number: it comes in as any customer's. */
function WriteButton({ phone }: { phone: string }) {
  const { t } = useTranslation('inbox')
  const digits = phone.replaceAll(/\D/g, '')
  if (digits === '') return null
  return (
    <Button component="a" href={`https://wa.me/${digits}?text=${encodeURIComponent(t('start.hello'))}`} target="_blank" rel="noopener noreferrer">
      {t('start.write')}
    </Button>
  )
}
