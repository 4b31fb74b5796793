import { Badge, Code, Menu, Tooltip } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { components } from '@/api/generated/openapi'
import { ConfirmDialog } from '@/components/confirm_dialog'
import { Row } from '@/components/row_list'
import { RowMenu } from '@/components/row_menu'
import { TimeText } from '@/components/time_text'
import { useRevokeApiKey } from '@/features/api_keys/api/api_keys'
import { EditKeyDialog } from '@/features/api_keys/components/edit_key_dialog'
import { useMe } from '@/lib/me'

interface KeyProps {
  apiKey: components['schemas']['ApiKey']
}

export function ApiKeyRow({ apiKey }: KeyProps) {
  const { t } = useTranslation(['api_keys', 'permissions'])
  const { data: me } = useMe()
  const mine = apiKey.createdBy === me?.user.id
  const expired = apiKey.expiresAt !== null && Date.parse(apiKey.expiresAt) <= Date.now()
  const names = apiKey.permissions.map((name) => t(`permissions:${name}.name`)).join(', ')
  return (
    <Row
      title={<bdi>{apiKey.name}</bdi>}
      badges={
        <>
          <Code dir="ltr">{`${apiKey.prefix}…`}</Code>
          {mine ? <Badge size="sm">{t('yours')}</Badge> : null}
          {expired ? (
            <Badge size="sm" color="red" variant="light">
              {t('expired')}
            </Badge>
          ) : null}
          <Tooltip label={names} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
            <Badge size="sm" variant="default" tabIndex={0} aria-description={names}>
              {t('permissions:chosen', { count: apiKey.permissions.length })}
            </Badge>
          </Tooltip>
        </>
      }
      about={<KeyUse apiKey={apiKey} />}
      aside={<KeyMenu apiKey={apiKey} mayEdit={mine || me?.role === 'owner'} />}
    />
  )
}

function KeyUse({ apiKey }: KeyProps) {
  const { t } = useTranslation('api_keys')
  return (
    <>
      {apiKey.lastUsedAt ? (
        <>
          {t('used')} <TimeText at={apiKey.lastUsedAt} />{' '}
          {apiKey.lastUsedIp ? <bdi>{t('usedFrom', { ip: apiKey.lastUsedIp })}</bdi> : null}
        </>
      ) : (
        t('unused')
      )}
      {' · '}
      {apiKey.expiresAt ? (
        <>
          {t('ends')} <TimeText at={apiKey.expiresAt} />
        </>
      ) : (
        t('endsNever')
      )}
      {' · '}
      <bdi>{apiKey.allowedNetworks.join(', ') || t('fromAnywhere')}</bdi>
    </>
  )
}

function KeyMenu({ apiKey, mayEdit }: KeyProps & { mayEdit: boolean }) {
  const { t } = useTranslation('api_keys')
  const [act, setAct] = useState<'edit' | 'revoke' | null>(null)
  const close = () => setAct(null)
  return (
    <>
      <RowMenu name={apiKey.name}>
        {mayEdit ? (
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setAct('edit')}>
            {t('edit')}
          </Menu.Item>
        ) : null}
        <Menu.Item color="var(--mantine-color-error)" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setAct('revoke')}>
          {t('revoke.act')}
        </Menu.Item>
      </RowMenu>
      {act === 'edit' ? <EditKeyDialog apiKey={apiKey} onClose={close} /> : null}
      {act === 'revoke' ? <RevokeDialog apiKey={apiKey} onClose={close} /> : null}
    </>
  )
}

function RevokeDialog({ apiKey, onClose }: KeyProps & { onClose: () => void }) {
  const { t } = useTranslation('api_keys')
  const revoke = useRevokeApiKey(apiKey.id)
  return (
    <ConfirmDialog
      title={t('revoke.title', { name: apiKey.name })}
      text={t('revoke.text')}
      act={t('revoke.act')}
      pending={revoke.isPending}
      failure={revoke.error}
      onConfirm={() => revoke.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    />
  )
}
