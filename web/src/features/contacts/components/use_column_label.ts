import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

import { attributeOf, isFixed, type Column } from '@/features/contacts/columns'

/** What a column is called: details have the workspace's own names. The same function while the language stays. */
export function useColumnLabel(): (column: Column) => string {
  const { t } = useTranslation('contacts')
  return useCallback(
    (column) => {
      if (!isFixed(column)) return attributeOf(column)
      switch (column) {
        case 'phone':
          return t('fields.phone')
        case 'tags':
          return t('fields.tags')
        case 'optOut':
          return t('list.status')
        case 'createdAt':
          return t('list.created')
      }
    },
    [t],
  )
}
