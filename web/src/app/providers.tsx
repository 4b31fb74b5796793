// What every page stands on: styles, direction, server state, notices.
import { DirectionProvider, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'

import { Notices } from '@/app/notices'
import { cssVariables, theme } from '@/app/theme'
import { cspNonce } from '@/lib/csp_nonce'
import { queryClient } from '@/lib/query_client'
import { WordsProvider } from '@/lib/words'

export function Providers({ children }: { children: ReactNode }) {
  return (
    <DirectionProvider>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={cspNonce}>
        <Notices />
        <WordsProvider>
          <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
        </WordsProvider>
      </MantineProvider>
    </DirectionProvider>
  )
}
