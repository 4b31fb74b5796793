// A quiet word on contacts that have come since.
import { Button } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import classes from '@/features/contacts/components/new_contacts.module.css'

export function NewContacts({ count, onShow }: { count: number; onShow: () => void }) {
  const { t } = useTranslation('contacts')
  return (
    <div className={classes.line} role="status">
      {count > 0 ? (
        <Button size="compact-sm" radius="xl" leftSection={<IconArrowUp size={14} aria-hidden />} onClick={onShow}>
          {t('list.new', { count })}
        </Button>
      ) : null}
    </div>
  )
}
