// A page of the console: heading, actions at its side, content. Sets the tab's title.
import { Box, Group, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

interface PageProps {
  title: string
  about?: string
  actions?: ReactNode
  children: ReactNode
}

export function Page({ title, about, actions, children }: PageProps) {
  useDocumentTitle(`${title} · wApi`)
  return (
    <Box p={{ base: 'sm', sm: 'lg' }} maw={1200} mx="auto">
      <Group justify="space-between" align="flex-start" mb="md" gap="sm">
        <Box>
          <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
            <bdi>{title}</bdi>
          </Title>
          {about ? (
            <Text c="dimmed" size="sm" maw={720}>
              {about}
            </Text>
          ) : null}
        </Box>
        {actions ? <Group gap="xs">{actions}</Group> : null}
      </Group>
      {children}
    </Box>
  )
}
