// Why a form was refused, above its button; read out by screen readers.
import { Alert } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'

import { useFailureText } from '@/lib/use_failure_text'

export function FailureAlert({ failure }: { failure: unknown }) {
  const failureText = useFailureText()
  if (!failure) return null
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={18} aria-hidden />}>
      {failureText(failure)}
    </Alert>
  )
}
