import { Avatar, Badge, Menu } from '@mantine/core'
import { IconEye, IconShieldCheck, IconTrash, IconUserCog } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { useRoleName } from '@/components/permissions/role_name'
import { Row } from '@/components/row_list'
import { RowMenu } from '@/components/row_menu'
import { TimeText } from '@/components/time_text'
import { OverridesDialog } from '@/features/team/components/overrides_dialog'
import { RemoveMemberDialog } from '@/features/team/components/remove_member_dialog'
import { RestrictionsDialog } from '@/features/team/components/restrictions_dialog'
import { RoleDialog } from '@/features/team/components/role_dialog'
import { isOwner, mayChangeMember } from '@/features/team/rules'
import { useMe } from '@/lib/me'

type Member = components['schemas']['Member']
type Act = 'role' | 'overrides' | 'restrictions' | 'remove'

const dialogs = {
  role: RoleDialog,
  overrides: OverridesDialog,
  restrictions: RestrictionsDialog,
  remove: RemoveMemberDialog,
}

export function MemberRow({ member }: { member: Member }) {
  const { t } = useTranslation('team')
  const { data: me } = useMe()
  const roleName = useRoleName()
  const [act, setAct] = useState<Act | null>(null)
  const OpenDialog = act ? dialogs[act] : null
  const special = member.overrides.grant.length + member.overrides.deny.length > 0
  const restricted = member.restrictions.assignedTags.length + member.restrictions.assignedPhones.length > 0
  return (
    <Row
      lead={<Avatar name={member.name} color="brand" size={36} radius="xl" aria-hidden />}
      title={<bdi>{member.name}</bdi>}
      badges={
        <>
          {member.id === me?.user.id ? <Badge size="sm">{t('members.you')}</Badge> : null}
          <Badge size="sm" variant="default">
            {roleName(member.role, member.roleName)}
          </Badge>
          {special ? (
            <Badge size="sm" variant="outline">
              {t('members.special')}
            </Badge>
          ) : null}
          {restricted ? (
            <Badge size="sm" variant="outline">
              {t('members.restricted')}
            </Badge>
          ) : null}
        </>
      }
      about={
        <>
          <bdi>{member.email}</bdi> · {t('members.joined')} <TimeText at={member.joinedAt} />
        </>
      }
      aside={
        me && mayChangeMember(me, member) ? (
          <>
            <MemberMenu member={member} onChoose={setAct} />
            {OpenDialog ? <OpenDialog member={member} onClose={() => setAct(null)} /> : null}
          </>
        ) : null
      }
    />
  )
}

function MemberMenu({ member, onChoose }: { member: Member; onChoose: (act: Act) => void }) {
  const { t } = useTranslation('team')
  return (
    <RowMenu name={member.name}>
      <Menu.Item leftSection={<IconUserCog size={16} aria-hidden />} onClick={() => onChoose('role')}>
        {t('role.open')}
      </Menu.Item>
      {isOwner(member) ? null : (
        <>
          <Menu.Item leftSection={<IconShieldCheck size={16} aria-hidden />} onClick={() => onChoose('overrides')}>
            {t('overrides.open')}
          </Menu.Item>
          <Menu.Item leftSection={<IconEye size={16} aria-hidden />} onClick={() => onChoose('restrictions')}>
            {t('restrictions.open')}
          </Menu.Item>
        </>
      )}
      <Menu.Divider />
      <Menu.Item color="var(--mantine-color-error)" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => onChoose('remove')}>
        {t('remove.open')}
      </Menu.Item>
    </RowMenu>
  )
}
