// A payload as a tree that opens and closes by mouse and keyboard. Only text, whatever is in it.
import { Code, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import styles from '@/features/queues/components/payload_view.module.css'
import { readPayload, type Branch, type Leaf, type Node } from '@/features/queues/payload'

const openDepth = 2

export function PayloadView({ payload }: { payload: string | null }) {
  const { t } = useTranslation('queues')
  if (payload === null) return <Text size="sm">{t('payload.withheld')}</Text>
  if (payload === '') return <Text size="sm">{t('payload.none')}</Text>
  const read = readPayload(payload)
  if ('text' in read) {
    return (
      <Code block dir="ltr" className={styles.text}>
        {read.text}
      </Code>
    )
  }
  return (
    <div className={styles.tree} dir="ltr" role="group" aria-label={t('payload.title')}>
      <NodeView node={read.tree} depth={0} />
    </div>
  )
}

function NodeView({ name, node, depth }: { name?: string; node: Node; depth: number }) {
  if (node.kind === 'leaf') return <LeafView {...(name === undefined ? {} : { name })} leaf={node} />
  return <BranchView {...(name === undefined ? {} : { name })} branch={node} depth={depth} />
}

const Name = ({ name }: { name?: string }) => (name === undefined ? null : <span className={styles.name}>{name}</span>)

function LeafView({ name, leaf }: { name?: string; leaf: Leaf }) {
  const { t } = useTranslation('queues')
  const hidden = leaf.type === 'hidden'
  return (
    <div className={styles.leaf}>
      <Name {...(name === undefined ? {} : { name })} />
      <bdi className={styles[leaf.type]} {...(hidden ? { 'aria-label': t('payload.hidden'), role: 'img' } : {})}>
        {leaf.text}
      </bdi>
    </div>
  )
}

function BranchView({ name, branch, depth }: { name?: string; branch: Branch; depth: number }) {
  const { t } = useTranslation('queues')
  const count = branch.entries.length + branch.left
  return (
    <details open={depth < openDepth} className={styles.branch}>
      <summary>
        <Name {...(name === undefined ? {} : { name })} />
        <span className={styles.size}>{branch.list ? `[${count}]` : `{${count}}`}</span>
      </summary>
      <div className={styles.inner}>
        {branch.entries.map(([key, node]) => (
          <NodeView key={key} name={key} node={node} depth={depth + 1} />
        ))}
        {branch.left > 0 ? <div className={styles.more}>{t('payload.more', { count: branch.left })}</div> : null}
      </div>
    </details>
  )
}
