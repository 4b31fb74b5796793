// Inviting somebody: address and role, then the link, which is shown this once.
import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { CopyField } from '@/components/copy_field'
import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useInvite } from '@/features/team/api/invites'
import { RoleSelect } from '@/features/team/components/role_select'

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('team')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState('agent')
  const invite = useInvite()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    invite.mutate({ email: email.trim(), role })
  }
  if (invite.data) return <InviteLinkDialog made={invite.data} onClose={onClose} />
  return (
    <Dialog title={t('invite.open')} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('invite.email')}
            type="email"
            autoComplete="off"
            data-autofocus
            required
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <RoleSelect label={t('invite.role')} value={role} onChange={setRole} />
          <DialogButtons act={t('invite.submit')} pending={invite.isPending} failure={invite.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}

interface InviteLinkDialogProps {
  made: components['schemas']['InviteLink']
  onClose: () => void
}

export function InviteLinkDialog({ made, onClose }: InviteLinkDialogProps) {
  const { t } = useTranslation('team')
  const { email } = made.invite
  return (
    <Dialog title={t('invite.link')} onClose={onClose} closeOnClickOutside={false}>
      <Stack>
        <Text size="sm">{made.mailed ? t('invite.mailed', { email }) : t('invite.notMailed', { email })}</Text>
        <CopyField label={t('invite.link')} value={made.link} />
        <Alert color="yellow" variant="light" c="inherit">
          {t('invite.once')}
        </Alert>
        <Button onClick={onClose}>{t('invite.done')}</Button>
      </Stack>
    </Dialog>
  )
}
