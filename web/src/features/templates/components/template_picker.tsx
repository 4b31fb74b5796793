// Chooses a template, asks for what it needs, shows what the customer will read, and gives it away.
import { Badge, Group, ScrollArea, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { IconArrowLeft, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { Dialog } from '@/components/dialog'
import { LoadMore } from '@/components/load_more'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { templatesQuery, type Template } from '@/features/templates/api/templates'
import { TemplateForm } from '@/features/templates/components/template_form'
import classes from '@/features/templates/components/template_picker.module.css'
import { readTemplate } from '@/features/templates/template_parts'
import { useWorkspace } from '@/lib/workspace'

interface PickerProps {
  /** That it goes out from: Meta knows the templates of its account only. */
  phoneNumberId: string
  onClose: () => void
  /** The template as the API takes it, and the text that the customer will read. */
  onChoose: (template: components['schemas']['TemplateChoice'], text: string) => void
}

export function TemplatePicker({ phoneNumberId, onClose, onChoose }: PickerProps) {
  const { t } = useTranslation('templates')
  const [chosen, setChosen] = useState<Template | null>(null)
  const workspace = useWorkspace()
  const title = chosen ? (
    <Group gap="xs" wrap="nowrap">
      <UnstyledButton aria-label={t('back')} onClick={() => setChosen(null)}>
        <IconArrowLeft size={18} className={classes.flip} style={{ display: 'block' }} />
      </UnstyledButton>
      <bdi>{chosen.name}</bdi>
    </Group>
  ) : (
    t('choose')
  )
  return (
    <Dialog onClose={onClose} title={title} size="lg">
      {chosen ? (
        <TemplateForm template={chosen} onChoose={onChoose} />
      ) : (
        <QueryView query={workspace}>
          {({ phoneNumbers }) => (
            <TemplateList wabaId={phoneNumbers.find((number) => number.phoneNumberId === phoneNumberId)?.wabaId} onPick={setChosen} />
          )}
        </QueryView>
      )}
    </Dialog>
  )
}

interface ListProps {
  wabaId: string | undefined
  onPick: (template: Template) => void
}

function TemplateList({ wabaId, onPick }: ListProps) {
  const { t } = useTranslation('templates')
  const [search, setSearch] = useState('')
  const query = useInfiniteQuery(templatesQuery)
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query
  // A search looks through all of them.
  useEffect(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage()
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage])
  const isUsable = (template: Template) => template.status === 'APPROVED' && template.wabaId === wabaId
  return (
    <QueryView
      query={query}
      empty={{
        when: ({ pages }) => !hasNextPage && !pages.some(({ templates }) => templates.some(isUsable)),
        show: <EmptyState title={t('empty.title')} text={t('empty.text')} />,
      }}
    >
      {({ pages }) => {
        const wanted = search.trim().toLowerCase()
        const usable = pages
          .flatMap(({ templates }) => templates)
          .filter((template) => isUsable(template) && template.name.toLowerCase().includes(wanted))
        return (
          <Stack gap="sm">
            <TextInput
              aria-label={t('search')}
              placeholder={t('search')}
              leftSection={<IconSearch size={16} aria-hidden />}
              value={search}
              data-autofocus
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <ScrollArea.Autosize mah="55dvh">
              <Stack component="ul" gap={4} p={0} m={0} style={{ listStyle: 'none' }}>
                {usable.map((template) => (
                  <li key={template.id}>
                    <TemplateLine template={template} onPick={() => onPick(template)} />
                  </li>
                ))}
              </Stack>
              {usable.length === 0 && !hasNextPage ? (
                <Text c="dimmed" size="sm" ta="center" py="md">
                  {t('noMatch')}
                </Text>
              ) : null}
              {isFetchNextPageError ? <LoadMore query={query} /> : null}
            </ScrollArea.Autosize>
          </Stack>
        )
      }}
    </QueryView>
  )
}

function TemplateLine({ template, onPick }: { template: Template; onPick: () => void }) {
  const { t } = useTranslation('templates')
  const { body, fillable } = readTemplate(template)
  return (
    <UnstyledButton className={classes.line} disabled={!fillable} onClick={onPick}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={600} truncate>
          <bdi>{template.name}</bdi>
        </Text>
        <Badge size="sm" variant="default">
          {template.language}
        </Badge>
      </Group>
      <Text size="xs" c="dimmed" lineClamp={2} dir="auto">
        {fillable ? body : t('notFillable')}
      </Text>
    </UnstyledButton>
  )
}
