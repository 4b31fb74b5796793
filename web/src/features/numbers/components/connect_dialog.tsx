// Connecting a number by hand, with an access token that was made at Meta.
import { PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useConnectNumber } from '@/features/numbers/api/connect'

interface ConnectDialogProps {
  /** A number to connect again; else a new one. */
  number?: components['schemas']['PhoneNumber']
  onClose: () => void
}

export function ConnectDialog({ number, onClose }: ConnectDialogProps) {
  const { t } = useTranslation('numbers')
  const [wabaId, setWabaId] = useState(number?.wabaId ?? '')
  const [phoneNumberId, setPhoneNumberId] = useState(number?.phoneNumberId ?? '')
  const [accessToken, setAccessToken] = useState('')
  const [pin, setPin] = useState('')
  const connect = useConnectNumber()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    connect.mutate(
      { wabaId, phoneNumberId, accessToken: accessToken.trim(), ...(pin && { pin }) },
      {
        onSuccess: ({ esbFlow }) => {
          notifications.show({
            title: t('connect.done', { phone: esbFlow.displayPhone ?? phoneNumberId }),
            message: t('connect.templates', { count: esbFlow.templatesSynced ?? 0 }),
          })
          onClose()
        },
      },
    )
  }
  return (
    <Dialog title={number ? t('connect.again') : t('connect.open')} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed">
            {t('connect.about')}
          </Text>
          <DigitsField label={t('connect.wabaId')} value={wabaId} onChange={setWabaId} focused={!number} />
          <DigitsField label={t('connect.phoneNumberId')} value={phoneNumberId} onChange={setPhoneNumberId} />
          <PasswordInput
            label={t('connect.token')}
            description={t('connect.tokenAbout')}
            autoComplete="off"
            required
            data-autofocus={number ? true : undefined}
            value={accessToken}
            onChange={(event) => setAccessToken(event.currentTarget.value)}
          />
          <TextInput
            label={t('connect.pin')}
            description={t('connect.pinAbout')}
            inputMode="numeric"
            autoComplete="off"
            pattern="[0-9]{6}"
            title={t('connect.pinAbout')}
            maxLength={6}
            value={pin}
            onChange={(event) => setPin(event.currentTarget.value)}
          />
          <DialogButtons act={t('connect.submit')} pending={connect.isPending} failure={connect.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}

interface DigitsFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  focused?: boolean
}

function DigitsField({ label, value, onChange, focused = false }: DigitsFieldProps) {
  const { t } = useTranslation('numbers')
  return (
    <TextInput
      label={label}
      inputMode="numeric"
      autoComplete="off"
      pattern="[0-9]+"
      title={t('connect.digits')}
      required
      data-autofocus={focused ? true : undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.trim())}
    />
  )
}
