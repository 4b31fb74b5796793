// Colours and language, as entries of a menu.
import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { changeLanguage, isLanguage, languages } from '@/lib/i18n'

const schemes: MantineColorScheme[] = ['auto', 'light', 'dark']
const chosenMark = <IconCheck size={14} aria-hidden />

export function ColourItems() {
  const { t } = useTranslation('app')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('person.colours')}</Menu.Label>
      {schemes.map((scheme) => (
        <Menu.Item
          key={scheme}
          onClick={() => setColorScheme(scheme)}
          rightSection={scheme === colorScheme ? chosenMark : null}
        >
          {t(`person.scheme.${scheme}`)}
        </Menu.Item>
      ))}
    </>
  )
}

export function LanguageItems() {
  const { t, i18n } = useTranslation('app')
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('person.language')}</Menu.Label>
      {Object.entries(languages).map(([tag, name]) => (
        <Menu.Item
          key={tag}
          lang={tag}
          onClick={() => (isLanguage(tag) ? void changeLanguage(tag) : undefined)}
          rightSection={tag === i18n.language ? chosenMark : null}
        >
          {name}
        </Menu.Item>
      ))}
    </>
  )
}
