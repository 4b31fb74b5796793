import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Tenant } from '@/features/operator/api/workspaces'
import { ChangeDialog } from '@/features/operator/components/change_dialog'
import { ResumeDialog, SuspendDialog } from '@/features/operator/components/suspend_dialog'
import styles from '@/features/operator/components/tenant_list.module.css'
import { TenantRow, type TenantAct } from '@/features/operator/components/tenant_row'

const dialogs = { change: ChangeDialog, suspend: SuspendDialog, resume: ResumeDialog }

export function TenantList({ tenants, busy }: { tenants: Tenant[]; busy: boolean }) {
  const { t } = useTranslation('operator')
  const [asked, setAsked] = useState<{ act: TenantAct; tenant: Tenant } | null>(null)
  const Dialog = asked ? dialogs[asked.act] : null
  return (
    <>
      <div className={styles.head} aria-hidden>
        <span>{t('workspaces.name')}</span>
        <span>{t('workspaces.plan')}</span>
        <span>{t('workspaces.perMinute')}</span>
        <span>{t('workspaces.members')}</span>
        <span>{t('workspaces.numbers')}</span>
        <span>{t('workspaces.created')}</span>
      </div>
      <ul className={styles.list} aria-label={t('workspaces.list')} aria-busy={busy}>
        {tenants.map((tenant) => (
          <TenantRow key={tenant.id} tenant={tenant} onAct={(act) => setAsked({ act, tenant })} />
        ))}
      </ul>
      {asked && Dialog ? <Dialog tenant={asked.tenant} onClose={() => setAsked(null)} /> : null}
    </>
  )
}
