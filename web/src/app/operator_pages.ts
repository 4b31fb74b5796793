// Every page of operators: address, place in their menu, chunk.
import { IconBuilding, IconHeartbeat, IconMailX, IconStack2, IconWebhook, type Icon } from '@tabler/icons-react'
import type { ComponentType } from 'react'

import { paths } from '@/config/paths'

export interface OperatorPage {
  path: string
  /** Name of a last part that the address may have. */
  opened?: string
  label: 'workspaces' | 'queues' | 'letters' | 'events' | 'health'
  icon: Icon
  load: () => Promise<ComponentType>
}

export const operatorPages: OperatorPage[] = [
  {
    path: paths.operatorWorkspaces,
    label: 'workspaces',
    icon: IconBuilding,
    load: async () => (await import('@/features/operator/pages/workspaces_page')).WorkspacesPage,
  },
  {
    path: paths.operatorQueues,
    label: 'queues',
    icon: IconStack2,
    load: async () => (await import('@/features/operator/pages/queues_page')).OperatorQueuesPage,
  },
  {
    path: paths.operatorDeadLetters,
    opened: 'workspaceId',
    label: 'letters',
    icon: IconMailX,
    load: async () => (await import('@/features/operator/pages/dead_letters_page')).OperatorDeadLettersPage,
  },
  {
    path: paths.operatorEvents,
    label: 'events',
    icon: IconWebhook,
    load: async () => (await import('@/features/operator/pages/events_page')).OperatorEventsPage,
  },
  {
    path: paths.operatorHealth,
    label: 'health',
    icon: IconHeartbeat,
    load: async () => (await import('@/features/operator/pages/health_page')).OperatorHealthPage,
  },
]
