import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { rolesQuery } from '@/features/team/api/roles'
import { CreateRoleDialog } from '@/features/team/components/create_role_dialog'
import { RoleEditor } from '@/features/team/components/role_editor'

export function RolesPage() {
  const { t } = useTranslation('team')
  const query = useQuery(rolesQuery)
  const [creating, { open, close }] = useDisclosure()
  return (
    <Page
      title={t('roles.title')}
      about={t('roles.about')}
      actions={
        query.data ? (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
            {t('roles.create')}
          </Button>
        ) : null
      }
    >
      <QueryView
        query={query}
        empty={{ when: (roles) => roles.length === 0, show: <EmptyState title={t('roles.none')} /> }}
      >
        {(roles) => (
          <>
            <RoleEditor roles={roles} />
            {creating ? <CreateRoleDialog roles={roles} onClose={close} /> : null}
          </>
        )}
      </QueryView>
    </Page>
  )
}
