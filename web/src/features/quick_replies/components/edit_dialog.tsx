// Writes a quick reply, or changes one. Variables are put in by buttons, so that nobody has to know them.
import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useRef, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useSaveQuickReply, type QuickReply } from '@/features/quick_replies/api/quick_replies'
import { useAllowed } from '@/lib/permissions'

const shortcutLengthMax = 32
const variables = ['{{contact.name}}', '{{contact.phone}}', '{{contact.attributes.city|}}', '{{agent.name}}', '{{workspace.name}}']

interface EditProps {
  /** Absent: a new one. */
  reply: QuickReply | undefined
  onClose: () => void
}

export function EditDialog({ reply, onClose }: EditProps) {
  const { t } = useTranslation('quick_replies')
  const mayShare = useAllowed('assignConversations')
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? '')
  const [text, setText] = useState(reply?.text ?? '')
  const [shared, setShared] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const save = useSaveQuickReply(reply?.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation() // not of a form that has opened this one
    save.mutate({ shortcut: shortcut.trim().replace(/^\//, ''), text, shared }, { onSuccess: onClose })
  }
  const insert = (variable: string) => {
    const at = field.current?.selectionStart ?? text.length
    setText(text.slice(0, at) + variable + text.slice(at))
    field.current?.focus()
  }
  return (
    <Dialog title={t(reply ? 'editTitle' : 'new')} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={t('shortcut')}
            description={t('shortcutAbout')}
            required
            data-autofocus
            maxLength={shortcutLengthMax}
            leftSection="/"
            value={shortcut}
            onChange={(event) => setShortcut(event.currentTarget.value)}
          />
          <Textarea
            ref={field}
            label={t('text')}
            required
            autosize
            minRows={3}
            maxRows={10}
            dir="auto"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Text size="xs" c="dimmed">
            {t('variables')} <bdi dir="ltr">{'{{contact.name|…}}'}</bdi>
          </Text>
          <Group gap={4}>
            {variables.map((variable) => (
              <Button
                key={variable}
                size="compact-xs"
                variant="default"
                fw={400}
                dir="ltr"
                aria-label={t('insertVariable', { variable })}
                onClick={() => insert(variable)}
              >
                {variable.replace(/[{}|]/g, '')}
              </Button>
            ))}
          </Group>
          {mayShare && !reply ? (
            <Checkbox label={t('share')} checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />
          ) : null}
          <DialogButtons act={t('save')} pending={save.isPending} failure={save.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}
