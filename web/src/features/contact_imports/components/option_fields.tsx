import { NativeSelect, Radio, SimpleGrid, Stack, TagsInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import { countryNames } from '@/features/contact_imports/countries'
import type { Options } from '@/features/contact_imports/options'

interface OptionFieldsProps {
  options: Options
  onChange: (options: Options) => void
}

export function OptionFields({ options, onChange }: OptionFieldsProps) {
  const { t, i18n } = useTranslation('contact_imports')
  const set = (change: Partial<Options>) => onChange({ ...options, ...change })
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="lg">
      <Radio.Group
        label={t('options.existing')}
        value={options.existing}
        onChange={(value) => set({ existing: value as Options['existing'] })}
      >
        <Stack gap={6} mt={6}>
          <Radio value="update" label={t('options.update')} description={t('options.updateAbout')} />
          <Radio value="skip" label={t('options.skip')} />
        </Stack>
      </Radio.Group>
      <TagsInput
        label={t('options.tags')}
        description={t('options.tagsAbout')}
        acceptValueOnBlur
        value={options.tags}
        onChange={(tags) => set({ tags: tags.map((tag) => tag.trim()).filter(Boolean) })}
      />
      <NativeSelect
        label={t('options.country')}
        description={t('options.countryAbout')}
        data={[{ value: '', label: t('options.noCountry') }, ...countryNames(i18n.language)]}
        value={options.country}
        onChange={(event) => set({ country: event.currentTarget.value })}
      />
    </SimpleGrid>
  )
}
