// Dead letters: look at one, and replay or discard one or many. What came of each is told above the list.
import { Checkbox, Group, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from '@/components/card'
import { LoadMore } from '@/components/load_more'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { lettersQuery } from '@/features/queues/api/letters'
import { ActDialog, type WantedAct } from '@/features/queues/components/act_dialog'
import { ActResults, type Acted } from '@/features/queues/components/act_results'
import { BulkBar } from '@/features/queues/components/bulk_bar'
import { LetterDrawer } from '@/features/queues/components/letter_drawer'
import { LetterRow } from '@/features/queues/components/letter_row'
import styles from '@/features/queues/components/letters_card.module.css'
import type { Desk, Letter, LetterAct } from '@/features/queues/desk'
import { useSelection } from '@/features/queues/selection'

interface LettersCardProps {
  desk: Desk
  title?: string
  /** Above the list, such as a filter. */
  filter?: ReactNode
}

export function LettersCard({ desk, title, filter }: LettersCardProps) {
  const { t } = useTranslation('queues')
  const heading = title ?? t('letters.title')
  return (
    <Card title={heading} about={t('letters.about')}>
      {filter}
      <Letters key={JSON.stringify(desk.key)} desk={desk} name={heading} />
    </Card>
  )
}

/** What is ticked, opened and told belongs to one desk, and goes with it; the filter stays as it is. */
function Letters({ desk, name }: { desk: Desk; name: string }) {
  const { t } = useTranslation('queues')
  const query = useInfiniteQuery(lettersQuery(desk))
  const letters = query.data ?? []
  const selection = useSelection(letters.map(({ id }) => id))
  const [opened, setOpened] = useState<Letter | null>(null)
  const [wanted, setWanted] = useState<WantedAct | null>(null)
  const [acted, setActed] = useState<Acted | null>(null)
  const ask = (act: LetterAct, letters: Letter[]) => setWanted({ act, letters })
  const ticked = letters.filter(({ id }) => selection.has(id))
  return (
    <>
      {acted ? <ActResults acted={acted} onClose={() => setActed(null)} /> : null}
      <QueryView
        query={query}
        empty={{
          when: (all) => all.length === 0,
          show: <EmptyState title={t('letters.none')} text={t('letters.noneAbout')} />,
        }}
      >
        {(all) => (
          <>
            <Group justify="space-between" mih={36} className={styles.bar}>
              <Checkbox
                label={t('letters.all')}
                checked={ticked.length === all.length}
                indeterminate={ticked.length > 0 && ticked.length < all.length}
                onChange={(event) => selection.setAll(event.currentTarget.checked)}
              />
              {ticked.length > 0 ? (
                <BulkBar count={ticked.length} onAct={(act) => ask(act, ticked)} />
              ) : (
                <Text size="sm" c="dimmed">
                  {t('letters.shown', { count: all.length })}
                </Text>
              )}
            </Group>
            <ul className={styles.list} aria-label={name}>
              {all.map((letter) => (
                <LetterRow
                  key={letter.id}
                  letter={letter}
                  ticked={selection.has(letter.id)}
                  onTick={() => selection.toggle(letter.id)}
                  onOpen={() => setOpened(letter)}
                  onAct={(act) => ask(act, [letter])}
                />
              ))}
            </ul>
          </>
        )}
      </QueryView>
      <LoadMore query={query} />
      {opened ? (
        <LetterDrawer letter={opened} onClose={() => setOpened(null)} onAct={(act) => ask(act, [opened])} />
      ) : null}
      {wanted ? (
        <ActDialog
          desk={desk}
          wanted={wanted}
          onClose={() => setWanted(null)}
          onDone={(done) => {
            setWanted(null)
            setOpened(null)
            setActed(done)
            selection.setAll(false)
          }}
        />
      ) : null}
    </>
  )
}
