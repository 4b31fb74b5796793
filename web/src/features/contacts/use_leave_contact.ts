// Away from the page of a contact that is no more.
import { useRouter } from '@tanstack/react-router'

/** Comes back when the next page is shown; does nothing for who has left by themselves. */
export function useLeaveContact(): (id: string, to: string) => Promise<void> {
  const router = useRouter()
  return async (id, to) => {
    if (router.matchRoute({ to: `/contacts/${id}` })) await router.navigate({ to })
  }
}
