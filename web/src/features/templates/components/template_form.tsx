// What a template asks for, beside what the customer will read.
import { Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconPhoto } from '@tabler/icons-react'
import { useMemo, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { FormattedText } from '@/features/messages'
import type { Template } from '@/features/templates/api/templates'
import classes from '@/features/templates/components/template_picker.module.css'
import {
  fillText, isFilled, readTemplate, renderText, toComponents, type Field, type TemplateParts,
} from '@/features/templates/template_parts'

interface FormProps {
  template: Template
  onChoose: (template: components['schemas']['TemplateChoice'], text: string) => void
}

export function TemplateForm({ template, onChoose }: FormProps) {
  const { t } = useTranslation('templates')
  const parts = useMemo(() => readTemplate(template), [template])
  const [values, setValues] = useState<Record<string, string>>({})
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { name, language, parameterFormat } = template
    onChoose({ name, language, components: toComponents(parts, parameterFormat, values) }, renderText(parts, values))
  }
  return (
    <form onSubmit={submit}>
      <SimpleGrid cols={{ base: 1, sm: parts.fields.length > 0 ? 2 : 1 }} spacing="md">
        {parts.fields.length > 0 ? (
          <Stack gap="xs">
            {parts.fields.map((field, index) => (
              <FieldInput
                key={field.id}
                field={field}
                first={index === 0}
                value={values[field.id] ?? ''}
                onChange={(value) => setValues({ ...values, [field.id]: value })}
              />
            ))}
          </Stack>
        ) : null}
        <Preview parts={parts} values={values} />
      </SimpleGrid>
      <Group justify="flex-end" mt="md">
        <Button type="submit" disabled={!isFilled(parts, values)} data-autofocus={parts.fields.length === 0 || undefined}>
          {t('send')}
        </Button>
      </Group>
    </form>
  )
}

interface FieldInputProps {
  field: Field
  first: boolean
  value: string
  onChange: (value: string) => void
}

function FieldInput({ field: { part, name, example }, first, value, onChange }: FieldInputProps) {
  const { t } = useTranslation('templates')
  return (
    <TextInput
      label={t(`fields.${part}`, { name })}
      placeholder={example}
      dir="auto"
      required
      autoFocus={first}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

function Preview({ parts, values }: { parts: TemplateParts; values: Record<string, string> }) {
  const { t } = useTranslation('templates')
  return (
    <section className={classes.paper} aria-label={t('preview')} aria-live="polite">
      <div className={classes.bubble} dir="auto">
        {parts.media ? <IconPhoto size={48} stroke={1} aria-hidden /> : null}
        {parts.header ? <Text fw={700}>{fillText(parts.header, 'header', values)}</Text> : null}
        <Text size="sm" component="div">
          <FormattedText text={fillText(parts.body, 'body', values)} />
        </Text>
        {parts.footer ? (
          <Text size="xs" c="dimmed" mt={4}>
            {parts.footer}
          </Text>
        ) : null}
        {parts.buttons.map((button, index) => (
          <div key={index} className={classes.button}>
            {button}
          </div>
        ))}
      </div>
    </section>
  )
}
