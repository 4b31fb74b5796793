import { Button, Center } from '@mantine/core'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { FailureAlert } from '@/components/failure_alert'

export type PagedQuery = Pick<
  UseInfiniteQueryResult,
  'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'error' | 'fetchNextPage' | 'dataUpdatedAt'
>

/** Also where pages come by themselves: once one has failed, only a click asks again. */
export function LoadMore({ query, label }: { query: PagedQuery; label?: string }) {
  const { t } = useTranslation('components')
  if (!query.hasNextPage) return null
  return (
    <>
      {query.isFetchNextPageError ? <FailureAlert failure={query.error} /> : null}
      <Center>
        <Button variant="light" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchNextPageError ? t('retry') : (label ?? t('loadMore'))}
        </Button>
      </Center>
    </>
  )
}
