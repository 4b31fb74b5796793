// Joining a team. The link does not tell whether the person has an account, so both are offered.
import { Button, PasswordInput, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { paths } from '@/config/paths'
import { useAcceptInvite } from '@/features/accounts/api/links'
import { useLogIn } from '@/features/accounts/api/log_in'
import { GuestFrame } from '@/features/accounts/components/guest_frame'
import { passwordCharactersMin } from '@/features/accounts/rules'
import { useLinkToken } from '@/lib/use_link_token'

export function AcceptInvitePage() {
  const { t } = useTranslation('accounts')
  const token = useLinkToken()
  const navigate = useNavigate()
  const [newcomer, setNewcomer] = useState(true)
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const accept = useAcceptInvite()
  const logIn = useLogIn()
  const enter = (challenge: unknown) => navigate({ to: challenge ? paths.login : paths.home, replace: true })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    accept.mutate(newcomer ? { token, name: name.trim(), password } : { token, password }, {
      onSuccess: ({ user }) =>
        logIn.mutate(
          { email: user.email, password },
          { onSuccess: enter, onError: () => void navigate({ to: paths.login }) },
        ),
    })
  }
  return (
    <GuestFrame title={t('acceptInvite.title')}>
      <form onSubmit={submit}>
        <Stack>
          <SegmentedControl
            fullWidth
            value={newcomer ? 'new' : 'known'}
            onChange={(value) => setNewcomer(value === 'new')}
            data={[
              { value: 'new', label: t('acceptInvite.newcomer') },
              { value: 'known', label: t('acceptInvite.known') },
            ]}
          />
          {newcomer ? (
            <TextInput
              label={t('fields.name')}
              autoComplete="name"
              required
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          ) : null}
          <PasswordInput
            label={t('fields.password')}
            {...(newcomer ? { description: t('fields.passwordRule', { count: passwordCharactersMin }) } : {})}
            autoComplete={newcomer ? 'new-password' : 'current-password'}
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <FailureAlert failure={accept.error} />
          <Button type="submit" loading={accept.isPending || logIn.isPending}>
            {t('acceptInvite.submit')}
          </Button>
        </Stack>
      </form>
    </GuestFrame>
  )
}
