// The frame of pages for people who are not logged in.
import { Anchor, Center, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import icon from '/icon.svg?url'

const productName = 'wApi'

interface GuestFrameProps {
  title: string
  about?: string
  children: ReactNode
  /** Where else one may want to go. */
  links?: { to: string; text: string }[]
}

export function GuestFrame({ title, about, children, links = [] }: GuestFrameProps) {
  useDocumentTitle(`${title} · wApi`)
  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack w="100%" maw={400} gap="md">
        <Group justify="center" gap="xs">
          <img src={icon} alt="" width={32} height={32} />
          <Text fw={700} size="lg">
            {productName}
          </Text>
        </Group>
        <Paper withBorder p="lg" radius="lg" shadow="sm">
          <Stack gap="md">
            <div>
              <Title order={1} size="h3">
                {title}
              </Title>
              {about ? (
                <Text c="dimmed" size="sm">
                  {about}
                </Text>
              ) : null}
            </div>
            {children}
          </Stack>
        </Paper>
        <Group justify="center" gap="lg">
          {links.map(({ to, text }) => (
            <Anchor key={to} component={Link} to={to} size="sm">
              {text}
            </Anchor>
          ))}
        </Group>
      </Stack>
    </Center>
  )
}
