// Colleagues by letters of their names. A team of usual size is known at once and sought here, so that case
// and accents do not matter and a quick typist never chooses from the list of before; of a larger one the
// server finds the rest.
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'

import { colleaguesQuery, type ColleaguesAsked } from '@/features/inbox/api/colleagues'
import { isPartOf } from '@/features/inbox/mentions'

const typingPauseMs = 150

/** Asks nothing while `letters` is null. */
export function useColleagues(asked: ColleaguesAsked, letters: string | null) {
  const [wanted] = useDebouncedValue(letters ?? '', typingPauseMs)
  const first = useInfiniteQuery({ ...colleaguesQuery(asked, ''), enabled: letters !== null })
  const more = useInfiniteQuery({
    ...colleaguesQuery(asked, wanted),
    enabled: letters !== null && wanted !== '' && first.hasNextPage,
  })
  const known = [...(first.data ?? []), ...(more.data ?? [])].filter(({ name }) => isPartOf(letters ?? '', name))
  const colleagues = known.filter(({ id }, place) => known.findIndex((one) => one.id === id) === place)
  return { colleagues, isPending: first.isFetching || more.isFetching }
}
