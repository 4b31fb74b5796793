import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'

import { RouterProvider } from '@tanstack/react-router'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { Providers } from '@/app/providers'
import { router } from '@/app/router'
import { cspNonce } from '@/lib/csp_nonce'
import { startI18n } from '@/lib/i18n'
import { finishLogout } from '@/lib/session'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

setNonce(cspNonce()) // for the style by which dialogs hold the page still
void finishLogout()
await startI18n()
createRoot(root).render(
  <StrictMode>
    <Providers>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
)
