// The fields that a key has when it is made and when it is changed.
import { TagsInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

const nameCharactersMax = 120
const networksMax = 32

interface FieldProps<Value> {
  value: Value
  onChange: (value: Value) => void
}

export function NameField({ value, onChange }: FieldProps<string>) {
  const { t } = useTranslation('api_keys')
  return (
    <TextInput
      label={t('fields.name')}
      description={t('fields.nameAbout')}
      data-autofocus
      required
      maxLength={nameCharactersMax}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

export function NetworksField({ value, onChange }: FieldProps<string[]>) {
  const { t } = useTranslation('api_keys')
  return (
    <TagsInput
      label={t('fields.networks')}
      description={t('fields.networksAbout')}
      maxTags={networksMax}
      splitChars={[',', ' ']}
      acceptValueOnBlur
      value={value}
      onChange={onChange}
    />
  )
}
