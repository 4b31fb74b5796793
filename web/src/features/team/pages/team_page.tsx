import { Button, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUserPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { InviteDialog } from '@/features/team/components/invite_dialog'
import { InvitesCard } from '@/features/team/components/invites_card'
import { MembersCard } from '@/features/team/components/members_card'

export function TeamPage() {
  const { t } = useTranslation('team')
  const [inviting, { open, close }] = useDisclosure()
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
          {t('invite.open')}
        </Button>
      }
    >
      <Stack>
        <MembersCard />
        <InvitesCard />
      </Stack>
      {inviting ? <InviteDialog onClose={close} /> : null}
    </Page>
  )
}
