// Where a file is chosen or dropped; then how far it is on its way.
import { Alert, Button, FileButton, Group, NativeSelect, Progress, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'
import { useUpload, type Encoding } from '@/features/contact_imports/api/upload'
import { LeaveQuestion } from '@/features/contact_imports/components/leave_question'
import classes from '@/features/contact_imports/components/upload_card.module.css'
import { ApiError } from '@/lib/api_error'

export function UploadCard() {
  const { t } = useTranslation('contact_imports')
  const navigate = useNavigate()
  const [encoding, setEncoding] = useState<Encoding>('utf-8')
  const [share, setShare] = useState(0)
  const [over, setOver] = useState(false)
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const upload = useUpload()
  const send = (file: File | null | undefined) => {
    if (!file || upload.isPending) return
    abort.current = new AbortController()
    setShare(0)
    upload.mutate(
      { file, encoding, signal: abort.current.signal, onProgress: setShare },
      { onSuccess: ({ id }) => void navigate({ to: `/contacts/imports/${id}`, ignoreBlocker: true }) },
    )
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    send(event.dataTransfer.files[0])
  }
  const hover = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <section
      className={classes.zone}
      data-over={over || undefined}
      aria-label={t('upload.title')}
      onDragOver={hover}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {upload.isPending ? (
        <>
          <Sending share={share} name={upload.variables.file.name} onStop={() => abort.current?.abort()} />
          <LeaveQuestion />
        </>
      ) : (
        <Stack align="center" gap="sm">
          <IconFileSpreadsheet size={36} stroke={1.3} aria-hidden />
          <Text fw={600}>{t('upload.title')}</Text>
          <Text size="sm" c="dimmed" ta="center" maw={480}>
            {t('upload.about')}
          </Text>
          <Group gap="xs" justify="center" align="flex-end">
            <FileButton accept=".csv,.txt,.tsv,text/csv,text/plain,text/tab-separated-values" onChange={send} inputProps={{ 'aria-label': t('upload.choose') }}>
              {(props) => <Button {...props}>{t('upload.choose')}</Button>}
            </FileButton>
            <NativeSelect
              aria-label={t('upload.encoding')}
              data={[
                { value: 'utf-8', label: t('upload.utf8') },
                { value: 'windows-1252', label: t('upload.windows') },
              ]}
              value={encoding}
              onChange={(event) => setEncoding(event.currentTarget.value as Encoding)}
            />
          </Group>
          <UploadFailure failure={upload.error} />
        </Stack>
      )}
    </section>
  )
}

/** How often a screen reader hears how far it is; who wants to know more asks the bar. */
const spokenStep = 0.25

function Sending({ share, name, onStop }: { share: number; name: string; onStop: () => void }) {
  const { t, i18n } = useTranslation('contact_imports')
  const percentOf = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 0 }).format
  return (
    <Stack align="center" gap="sm">
      <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
        <bdi>{name}</bdi>
      </Text>
      <Progress value={Math.round(share * 100)} w="100%" maw={420} aria-label={t('upload.progress')} />
      <Text size="sm" c="dimmed" aria-hidden>
        {share < 1 ? t('upload.sending', { percent: percentOf(share) }) : t('upload.reading')}
      </Text>
      <VisuallyHidden role="status">
        {share < 1 ? t('upload.sending', { percent: percentOf(Math.floor(share / spokenStep) * spokenStep) }) : t('upload.reading')}
      </VisuallyHidden>
      <Button variant="default" onClick={onStop}>
        {t('upload.stop')}
      </Button>
    </Stack>
  )
}

/** What is wrong with a file is said by the server, with the line. */
function UploadFailure({ failure }: { failure: unknown }) {
  const { t } = useTranslation('contact_imports')
  if (failure instanceof DOMException && failure.name === 'AbortError') return null
  if (failure instanceof ApiError && failure.code === 'import_file_invalid') {
    return (
      <Alert color="red" variant="light" role="alert" title={t('upload.unreadable')} maw={520}>
        <Text size="sm" dir="auto">
          {failure.message}
        </Text>
      </Alert>
    )
  }
  return <FailureAlert failure={failure} />
}
