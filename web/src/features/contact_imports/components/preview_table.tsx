// The first rows as the contacts they would become.
import { Badge, Group, ScrollArea, Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

import type { Preview } from '@/features/contact_imports/mapping'

export function PreviewTable({ previews }: { previews: Preview[] }) {
  const { t } = useTranslation('contact_imports')
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, 'aria-label': t('preview.title'), role: 'group' }}>
      <Table miw={560} verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('mapping.kinds.phone')}</Table.Th>
            <Table.Th scope="col">{t('mapping.kinds.name')}</Table.Th>
            <Table.Th scope="col">{t('mapping.kinds.tags')}</Table.Th>
            <Table.Th scope="col">{t('preview.details')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {previews.map(({ phone, name, tags, attributes }, at) => (
            <Table.Tr key={at}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <bdi dir="ltr">{phone || '—'}</bdi>
              </Table.Td>
              <Table.Td>
                <bdi>{name}</bdi>
              </Table.Td>
              <Table.Td>
                <Group gap={4}>
                  {tags.map((tag) => (
                    <Badge key={tag} variant="light" color="gray" size="sm">
                      <bdi>{tag}</bdi>
                    </Badge>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td>
                {attributes.map(([detail, value], place) => (
                  <Text key={place} size="xs" lineClamp={1}>
                    <Text span inherit c="dimmed">
                      <bdi>{detail}</bdi>
                    </Text>{' '}
                    <bdi>{value}</bdi>
                  </Text>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  )
}
