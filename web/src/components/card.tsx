import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

interface CardProps {
  title: string
  about?: string
  actions?: ReactNode
  children?: ReactNode
}

export function Card({ title, about, actions, children }: CardProps) {
  return (
    <Paper component="section" withBorder p="md" aria-label={title}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="md">
          <div style={{ flex: '1 1 16rem', minWidth: 0 }}>
            <Title order={2} size="h4">
              {title}
            </Title>
            {about ? (
              <Text size="sm" c="dimmed">
                {about}
              </Text>
            ) : null}
          </div>
          {actions}
        </Group>
        {children}
      </Stack>
    </Paper>
  )
}
