// Proves that no entry was changed, removed or slipped in: each one's hash covers the one before.
import { Alert, Button, Text } from '@mantine/core'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { FailureAlert } from '@/components/failure_alert'
import { useVerify, type Proof } from '@/features/audit_log/api/audit_logs'

export function ProofCard() {
  const { t } = useTranslation('audit_log')
  const [count, setCount] = useState(0)
  const verify = useVerify(setCount)
  const start = () => {
    setCount(0)
    verify.mutate()
  }
  return (
    <Card
      title={t('proof.title')}
      about={t('proof.about')}
      actions={
        <Button variant="default" loading={verify.isPending} onClick={start}>
          {t('proof.start')}
        </Button>
      }
    >
      <div role="status">
        {verify.isPending && count > 0 ? <Text size="sm">{t('proof.soFar', { count })}</Text> : null}
        {verify.data ? <ProofResult proof={verify.data} /> : null}
      </div>
      <FailureAlert failure={verify.error} />
    </Card>
  )
}

function ProofResult({ proof }: { proof: Proof }) {
  const { t } = useTranslation('audit_log')
  const whole = proof.whole === true
  return (
    <Alert
      color={whole ? 'brand' : 'red'}
      variant="light"
      c="inherit"
      icon={whole ? <IconShieldCheck aria-hidden /> : <IconShieldX aria-hidden />}
      title={whole ? t('proof.whole', { count: proof.entries }) : t('proof.broken', { id: proof.firstBadEntry ?? '' })}
    >
      {proof.prunedThrough ? t('proof.pruned', { id: proof.prunedThrough }) : null}
    </Alert>
  )
}
