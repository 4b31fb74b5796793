// How one is told of new messages, as entries of a menu.
import { Menu } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { askForNotices, chime, hasDesktopNotices, useNoticeSettings } from '@/lib/notices'
import { useAllowed } from '@/lib/permissions'

export function NoticeItems() {
  const { t } = useTranslation('app')
  const seesMessages = useAllowed('viewContacts')
  const [settings, setSettings] = useNoticeSettings()
  const [blocked, setBlocked] = useState(() => hasDesktopNotices() && Notification.permission === 'denied')
  if (!seesMessages) return null
  const desktop = settings.desktop && !blocked
  const onMark = <IconCheck size={14} role="img" aria-label={t('notices.on')} />
  const toggleDesktop = async () => {
    const wanted = !desktop && (await askForNotices())
    setBlocked(Notification.permission === 'denied')
    setSettings((now) => ({ ...now, desktop: wanted }))
  }
  const toggleSound = () => {
    if (!settings.sound) void chime().catch(() => undefined)
    setSettings((now) => ({ ...now, sound: !now.sound }))
  }
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('notices.title')}</Menu.Label>
      {hasDesktopNotices() ? (
        <Menu.Item
          closeMenuOnClick={false}
          disabled={blocked}
          onClick={() => void toggleDesktop()}
          rightSection={desktop ? onMark : null}
        >
          {t(blocked ? 'notices.blocked' : 'notices.desktop')}
        </Menu.Item>
      ) : null}
      <Menu.Item
        closeMenuOnClick={false}
        onClick={toggleSound}
        rightSection={settings.sound ? onMark : null}
      >
        {t('notices.sound')}
      </Menu.Item>
    </>
  )
}
