import { Badge, Checkbox, Group, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconPlayerPlay, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { RowMenu } from '@/components/row_menu'
import { TimeText } from '@/components/time_text'
import styles from '@/features/queues/components/letters_card.module.css'
import { ownerOf, type Letter, type LetterAct } from '@/features/queues/desk'
import { useKindName } from '@/features/queues/kinds'
import { maskText } from '@/features/queues/secrets'

interface LetterRowProps {
  letter: Letter
  ticked: boolean
  onTick: () => void
  onOpen: () => void
  onAct: (act: LetterAct) => void
}

export function LetterRow({ letter, ticked, onTick, onOpen, onAct }: LetterRowProps) {
  const { t } = useTranslation('queues')
  const kind = useKindName()(letter.kind)
  const owner = ownerOf(letter)
  const name = t('letters.named', { kind, id: letter.id })
  return (
    <li className={styles.row} data-ticked={ticked}>
      <Checkbox className={styles.tick} aria-label={t('letters.tick', { name })} checked={ticked} onChange={onTick} />
      <UnstyledButton className={styles.body} onClick={onOpen}>
        <Group gap={6} component="span">
          <Text span size="sm" fw={600} className={styles.title}>
            {kind}
          </Text>
          {'workspaceId' in letter ? (
            <Badge component="span" variant="light" color="gray" size="sm">
              <bdi>{owner ?? t('letters.nobodys')}</bdi>
            </Badge>
          ) : null}
        </Group>
        <Text span size="sm" className={styles.error}>
          <bdi>{maskText(letter.lastError)}</bdi>
        </Text>
        <Text span display="block" size="xs" c="dimmed">
          {t('letters.attempts', { count: letter.attempts })} · <TimeText at={letter.diedAt} />
          {letter.subject ? (
            <>
              {'\u00a0· '}
              <bdi>{letter.subject}</bdi>
            </>
          ) : null}
        </Text>
      </UnstyledButton>
      <RowMenu name={name}>
        <Menu.Item leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => onAct('replay')}>
          {t('acts.replay')}
        </Menu.Item>
        <Menu.Item color="var(--mantine-color-error)" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => onAct('discard')}>
          {t('acts.discard')}
        </Menu.Item>
      </RowMenu>
    </li>
  )
}
