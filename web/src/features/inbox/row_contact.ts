// The contact of a conversation's row. Asked for one by one, of the rows that are on the screen only.
import { useQuery } from '@tanstack/react-query'

import { contactQuery } from '@/features/contacts'
import type { Conversation } from '@/features/inbox/api/conversations'

const keptMs = 300_000

export const useRowContact = ({ contactId }: Pick<Conversation, 'contactId'>) =>
  useQuery({ ...contactQuery(contactId), staleTime: keptMs }).data
