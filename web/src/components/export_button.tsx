// Takes everything that a list's filters match out as a file, whatever its size: shows how much has
// come, and can be stopped.
import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { saveStream } from '@/lib/download'
import { useNotifyFailure } from '@/lib/use_notify_failure'

export type ExportFormat = 'csv' | 'jsonl'
const types: Record<ExportFormat, string> = { csv: 'text/csv', jsonl: 'application/x-ndjson' }

interface ExportButtonProps {
  /** The file's, without day and ending. */
  name: string
  open: (format: ExportFormat, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>
}

export function ExportButton({ name, open }: ExportButtonProps) {
  const { t, i18n } = useTranslation('components')
  const notifyFailure = useNotifyFailure()
  const [bytes, setBytes] = useState(0)
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const save = useMutation({
    mutationFn: (format: ExportFormat) => {
      const controller = new AbortController()
      abort.current = controller
      setBytes(0)
      return saveStream({
        name: `${name}-${new Date().toISOString().slice(0, 10)}.${format}`,
        type: types[format],
        open: () => open(format, controller.signal),
        onProgress: setBytes,
      })
    },
    onSuccess: (saved) => {
      if (saved) notifications.show({ message: t('export.done') })
    },
    onError: (failure) => {
      if (!abort.current?.signal.aborted) notifyFailure(failure)
    },
  })
  if (save.isPending) {
    const kilobytes = new Intl.NumberFormat(i18n.language).format(Math.round(bytes / 1000))
    return (
      <Button variant="default" onClick={() => abort.current?.abort()}>
        <span role="status">{t('export.stop', { kilobytes })}</span>
      </Button>
    )
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          {t('export.open')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save.mutate('csv')}>{t('export.csv')}</Menu.Item>
        <Menu.Item onClick={() => save.mutate('jsonl')}>{t('export.jsonl')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
