// All about one contact in a column: name, identities, opt-out, tags, attributes.
import { Divider, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { QueryView } from '@/components/query_view'
import { contactQuery } from '@/features/contacts/api/contacts'
import { AttributesEditor } from '@/features/contacts/components/attributes_editor'
import { IdentityList } from '@/features/contacts/components/identity_list'
import { NameEditor } from '@/features/contacts/components/name_editor'
import { OptOutState } from '@/features/contacts/components/opt_out_state'
import { TagsEditor } from '@/features/contacts/components/tags_editor'

export function ContactDetails({ contactId }: { contactId: string }) {
  const query = useQuery(contactQuery(contactId))
  return (
    <QueryView query={query}>
      {(contact) => (
        <Stack gap="md" key={contact.id}>
          <NameEditor contact={contact} />
          <IdentityList contact={contact} />
          <Divider />
          <OptOutState contact={contact} />
          <Divider />
          <TagsEditor contact={contact} />
          <AttributesEditor contact={contact} />
        </Stack>
      )}
    </QueryView>
  )
}
