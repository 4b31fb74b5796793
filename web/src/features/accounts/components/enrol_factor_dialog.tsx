// Three steps: the password, the code of the app, the recovery codes that are shown once.
import { Button, Code, CopyButton, PasswordInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { QRCodeSVG } from 'qrcode.react'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { FailureAlert } from '@/components/failure_alert'
import { secondFactorQuery, useConfirmSecondFactor, useEnrolSecondFactor } from '@/features/accounts/api/security'

export function EnrolFactorDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('accounts')
  const client = useQueryClient()
  const enrol = useEnrolSecondFactor()
  const confirm = useConfirmSecondFactor()
  const codes = confirm.data?.recoveryCodes
  const close = () => {
    if (codes) void client.invalidateQueries({ queryKey: secondFactorQuery.queryKey })
    onClose()
  }
  return (
    <Dialog
      onClose={close}
      title={t('factor.turnOn')}
      closeOnClickOutside={!codes}
      closeOnEscape={!codes}
      withCloseButton={!codes}
    >
      {codes ? (
        <RecoveryCodes codes={codes} onDone={close} />
      ) : enrol.data ? (
        <ConfirmStep secret={enrol.data.secret} uri={enrol.data.otpauthUri} confirm={confirm} />
      ) : (
        <PasswordStep enrol={enrol} />
      )}
    </Dialog>
  )
}

function PasswordStep({ enrol }: { enrol: ReturnType<typeof useEnrolSecondFactor> }) {
  const { t } = useTranslation('accounts')
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    enrol.mutate({ password })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <PasswordInput
          label={t('fields.currentPassword')}
          autoComplete="current-password"
          data-autofocus
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <FailureAlert failure={enrol.error} />
        <Button type="submit" loading={enrol.isPending}>
          {t('factor.next')}
        </Button>
      </Stack>
    </form>
  )
}

interface ConfirmStepProps {
  secret: string
  uri: string
  confirm: ReturnType<typeof useConfirmSecondFactor>
}

function ConfirmStep({ secret, uri, confirm }: ConfirmStepProps) {
  const { t } = useTranslation('accounts')
  const [code, setCode] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate({ code: code.trim() })
  }
  return (
    <form onSubmit={submit}>
      <Stack align="stretch">
        <Text size="sm">{t('factor.scan')}</Text>
        <QRCodeSVG value={uri} size={180} marginSize={2} title={t('factor.qrCode')} style={{ alignSelf: 'center' }} />
        <Text size="sm">{t('factor.typeInstead')}</Text>
        <Code block>{secret}</Code>
        <TextInput
          label={t('factor.appCode')}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <FailureAlert failure={confirm.error} />
        <Button type="submit" loading={confirm.isPending}>
          {t('factor.turnOn')}
        </Button>
      </Stack>
    </form>
  )
}

function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation('accounts')
  return (
    <Stack>
      <Text size="sm">{t('factor.keepCodes')}</Text>
      <SimpleGrid cols={2} spacing="xs">
        {codes.map((code) => (
          <Code key={code} ta="center" p="xs">
            {code}
          </Code>
        ))}
      </SimpleGrid>
      <CopyButton value={codes.join('\n')}>
        {({ copied, copy }) => (
          <Button variant="light" onClick={copy}>
            {copied ? t('factor.copied') : t('factor.copy')}
          </Button>
        )}
      </CopyButton>
      <Button onClick={onDone}>{t('factor.done')}</Button>
    </Stack>
  )
}
