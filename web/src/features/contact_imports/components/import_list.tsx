// All imports of the workspace, newest first.
import { Anchor, Progress, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { LoadMore } from '@/components/load_more'
import { QueryView } from '@/components/query_view'
import { Row, RowList } from '@/components/row_list'
import { EmptyState } from '@/components/states'
import { TimeText } from '@/components/time_text'
import { importsQuery, isUnderWay, type Import } from '@/features/contact_imports/api/imports'
import { ImportState } from '@/features/contact_imports/components/import_state'

export function ImportList() {
  const { t } = useTranslation('contact_imports')
  const query = useInfiniteQuery(importsQuery)
  const imports = query.data?.pages.flatMap((page) => page.imports) ?? []
  return (
    <Card title={t('list.title')}>
      <QueryView query={query} empty={{ when: () => imports.length === 0, show: <EmptyState title={t('list.empty')} text={t('list.emptyText')} /> }}>
        {() => (
          <Stack gap="sm">
            <RowList label={t('list.title')}>
              {imports.map((one) => (
                <ImportLine key={one.id} one={one} />
              ))}
            </RowList>
            <LoadMore query={query} />
          </Stack>
        )}
      </QueryView>
    </Card>
  )
}

function ImportLine({ one }: { one: Import }) {
  const { t, i18n } = useTranslation('contact_imports')
  const number = new Intl.NumberFormat(i18n.language)
  const rows = t('progress.rows', { count: one.rowsTotal, done: number.format(one.rowsDone), total: number.format(one.rowsTotal) })
  const about = (
    <>
      <TimeText at={one.createdAt} />
      {one.startedAt ? ` · ${rows}` : null}
      {one.refused > 0 ? ` · ${t('counts.refusedRows', { count: one.refused, number: number.format(one.refused) })}` : null}
      {isUnderWay(one) ? (
        <Progress mt={6} size="sm" value={one.rowsTotal > 0 ? (one.rowsDone / one.rowsTotal) * 100 : 0} aria-label={rows} />
      ) : null}
    </>
  )
  const title = (
    <Anchor component={Link} to={`/contacts/imports/${one.id}`} inherit>
      <bdi>{one.fileName || t('list.nameless')}</bdi>
    </Anchor>
  )
  return <Row title={title} about={about} aside={<ImportState state={one.state} />} />
}
