import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { api, take } from '@/lib/api'
import { queryClient } from '@/lib/query_client'
import { forgetOwn } from '@/lib/own_storage'
import { beginLogout, logoutHeard } from '@/lib/session'

/** Nothing that was written to customers stays in a browser that others may use: ask first (app/log_out_dialog.tsx).
 * The page goes first, so that nothing of it asks any more. Who leaves it at once has the request cut off or going on
 * without it, and a server may be out of reach: the next page tells it again. */
export function useLogOut() {
  const { t } = useTranslation('app')
  return useMutation({
    mutationFn: async () => {
      forgetOwn()
      beginLogout()
      await queryClient.cancelQueries()
      await take(api.POST('/api/v1/auth/logout', { keepalive: true }))
      logoutHeard()
    },
    onError: () => notifications.show({ color: 'orange', message: t('logOut.notHeard'), autoClose: 10_000 }),
  })
}
