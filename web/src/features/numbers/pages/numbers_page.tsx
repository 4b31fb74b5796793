import { Button, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

import { Page } from '@/components/page'
import { QueryView } from '@/components/query_view'
import { EmptyState } from '@/components/states'
import { ConnectDialog } from '@/features/numbers/components/connect_dialog'
import { NumberCard } from '@/features/numbers/components/number_card'
import { useWorkspace } from '@/lib/workspace'

export function NumbersPage() {
  const { t } = useTranslation('numbers')
  const query = useWorkspace()
  const [connecting, { open, close }] = useDisclosure()
  const connectButton = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      {t('connect.open')}
    </Button>
  )
  return (
    <Page title={t('title')} about={t('about')} actions={query.data?.phoneNumbers.length ? connectButton : null}>
      <QueryView
        query={query}
        empty={{
          when: ({ phoneNumbers }) => phoneNumbers.length === 0,
          show: <EmptyState title={t('none')} text={t('noneAbout')} action={connectButton} />,
        }}
      >
        {({ phoneNumbers }) => (
          <Stack>
            {phoneNumbers.map((number) => (
              <NumberCard key={number.phoneNumberId} number={number} />
            ))}
          </Stack>
        )}
      </QueryView>
      {connecting ? <ConnectDialog onClose={close} /> : null}
    </Page>
  )
}
