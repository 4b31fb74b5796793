import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { RowList } from '@/components/row_list'
import { EmptyState } from '@/components/states'
import { apiKeysQuery } from '@/features/api_keys/api/api_keys'
import { ApiKeyRow } from '@/features/api_keys/components/api_key_row'
import { CreateKeyDialog } from '@/features/api_keys/components/create_key_dialog'

export function ApiKeysPage() {
  const { t } = useTranslation('api_keys')
  const query = useQuery(apiKeysQuery)
  const [creating, { open, close }] = useDisclosure()
  const createButton = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      {t('create')}
    </Button>
  )
  return (
    <Page title={t('title')} about={t('about')} actions={query.data?.length ? createButton : null}>
      <QueryView
        query={query}
        empty={{
          when: (keys) => keys.length === 0,
          show: <EmptyState title={t('none')} text={t('noneAbout')} action={createButton} />,
        }}
      >
        {(keys) => (
          <Card title={t('title')}>
            <RowList label={t('title')}>
              {keys.map((key) => (
                <ApiKeyRow key={key.id} apiKey={key} />
              ))}
            </RowList>
          </Card>
        )}
      </QueryView>
      {creating ? <CreateKeyDialog onClose={close} /> : null}
    </Page>
  )
}
