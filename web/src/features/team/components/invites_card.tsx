import { Menu, Text } from '@mantine/core'
import { IconLink, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { Card } from '@/components/card'
import { ConfirmDialog } from '@/components/confirm_dialog'
import { useRoleName } from '@/components/permissions/role_name'
import { QueryView } from '@/components/query_view'
import { Row, RowList } from '@/components/row_list'
import { RowMenu } from '@/components/row_menu'
import { TimeText } from '@/components/time_text'
import { invitesQuery, useCancelInvite, useResendInvite } from '@/features/team/api/invites'
import { InviteLinkDialog } from '@/features/team/components/invite_dialog'
import { useNotifyFailure } from '@/lib/use_notify_failure'

type Invite = components['schemas']['Invite']

export function InvitesCard() {
  const { t } = useTranslation('team')
  const query = useQuery(invitesQuery)
  const none = (
    <Text size="sm" c="dimmed">
      {t('invites.none')}
    </Text>
  )
  return (
    <Card title={t('invites.title')} about={t('invites.about')}>
      <QueryView query={query} empty={{ when: (invites) => invites.length === 0, show: none }}>
        {(invites) => (
          <RowList label={t('invites.title')}>
            {invites.map((invite) => (
              <InviteRow key={invite.id} invite={invite} />
            ))}
          </RowList>
        )}
      </QueryView>
    </Card>
  )
}

function InviteRow({ invite }: { invite: Invite }) {
  const { t } = useTranslation('team')
  const roleName = useRoleName()
  const resend = useResendInvite()
  const notifyFailure = useNotifyFailure()
  const [cancelling, setCancelling] = useState(false)
  return (
    <Row
      title={<bdi>{invite.email}</bdi>}
      about={
        <>
          {roleName(invite.role, invite.roleName)} · {t('invites.ends')} <TimeText at={invite.expiresAt} />
        </>
      }
      aside={
        <>
          <RowMenu name={invite.email}>
            <Menu.Item
              leftSection={<IconLink size={16} aria-hidden />}
              onClick={() => resend.mutate(invite.id, { onError: notifyFailure })}
            >
              {t('invites.resend')}
            </Menu.Item>
            <Menu.Item color="var(--mantine-color-error)" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setCancelling(true)}>
              {t('invites.cancel')}
            </Menu.Item>
          </RowMenu>
          {resend.data ? <InviteLinkDialog made={resend.data} onClose={resend.reset} /> : null}
          {cancelling ? <CancelDialog invite={invite} onClose={() => setCancelling(false)} /> : null}
        </>
      }
    />
  )
}

function CancelDialog({ invite, onClose }: { invite: Invite; onClose: () => void }) {
  const { t } = useTranslation('team')
  const cancel = useCancelInvite()
  return (
    <ConfirmDialog
      title={t('invites.cancel')}
      text={t('invites.cancelText', { email: invite.email })}
      act={t('invites.cancel')}
      pending={cancel.isPending}
      failure={cancel.error}
      onConfirm={() => cancel.mutate(invite.id, { onSuccess: onClose })}
      onClose={onClose}
    />
  )
}
