import { Button, Group, Stack, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Dialog } from '@/components/dialog'
import { FailureAlert } from '@/components/failure_alert'
import { useCreateContact } from '@/features/contacts/api/contacts'

export function CreateContactDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('contacts')
  const create = useCreateContact()
  const navigate = useNavigate()
  const form = useForm({
    initialValues: { phone: '', name: '', tags: [] as string[] },
    validate: { phone: (phone) => (/\d/.test(phone) ? null : t('create.phoneMissing')) },
  })
  const submit = form.onSubmit(({ phone, name, tags }) =>
    create.mutate(
      { phone: phone.trim(), tags, ...(name.trim() ? { name: name.trim() } : {}) },
      {
        onSuccess: ({ id }) => {
          onClose()
          void navigate({ to: `/contacts/${id}` })
        },
      },
    ),
  )
  return (
    <Dialog onClose={onClose} title={t('create.title')}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput
            label={t('fields.phone')}
            description={t('create.phoneAbout')}
            type="tel"
            dir="ltr"
            required
            data-autofocus
            {...form.getInputProps('phone')}
          />
          <TextInput label={t('fields.name')} dir="auto" maxLength={200} {...form.getInputProps('name')} />
          <TagsInput label={t('fields.tags')} acceptValueOnBlur {...form.getInputProps('tags')} />
          <FailureAlert failure={create.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t('create.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
