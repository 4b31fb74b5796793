// What an action is in plain words. A chunk for each language, since few people read the log; the server's codes are
// the keys, so that a newer server's actions show as their code.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

export type ActionWords = Record<string, string>

const files = import.meta.glob<ActionWords>('./actions/*.json', { import: 'default' })

/** By code; empty until they are there. */
export function useActionWords(): ActionWords {
  const { language } = useTranslation().i18n
  const { data } = useQuery({
    queryKey: ['action-words', language],
    queryFn: () => files[`./actions/${language}.json`]?.() ?? {},
    staleTime: Infinity,
  })
  return data ?? {}
}
