// Lets a member see only what has one of some tags or came to some numbers.
import { MultiSelect, Stack, TagsInput, Text } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { DialogButtons } from '@/components/dialog_buttons'
import { useChangeRestrictions } from '@/features/team/api/members'
import type { MemberDialogProps } from '@/features/team/components/member_dialog'
import { useWorkspace } from '@/lib/workspace'

const tagsMax = 16
const phonesMax = 32

export function RestrictionsDialog({ member, onClose }: MemberDialogProps) {
  const { t } = useTranslation(['team', 'components'])
  const [tags, setTags] = useState(member.restrictions.assignedTags)
  const [phones, setPhones] = useState(member.restrictions.assignedPhones)
  const { data: workspace } = useWorkspace()
  const change = useChangeRestrictions(member.id)
  const names = new Map(phones.map((id) => [id, id]))
  for (const number of workspace?.phoneNumbers ?? []) {
    names.set(number.phoneNumberId, `${number.displayPhone} ${number.verifiedName}`.trim())
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ assignedTags: tags, assignedPhones: phones }, { onSuccess: onClose })
  }
  return (
    <Dialog title={t('restrictions.of', { name: member.name })} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed">
            {t('restrictions.about')}
          </Text>
          <TagsInput
            label={t('restrictions.tags')}
            description={t('restrictions.tagsHint')}
            maxTags={tagsMax}
            data-autofocus
            acceptValueOnBlur
            value={tags}
            onChange={setTags}
          />
          <MultiSelect
            label={t('restrictions.numbers')}
            {...(phones.length === 0 ? { placeholder: t('restrictions.numbersAll') } : {})}
            data={[...names].map(([value, label]) => ({ value, label }))}
            maxValues={phonesMax}
            clearable
            value={phones}
            onChange={setPhones}
          />
          <DialogButtons act={t('components:save')} pending={change.isPending} failure={change.error} onClose={onClose} />
        </Stack>
      </form>
    </Dialog>
  )
}
