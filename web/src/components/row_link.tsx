// A link for the rows of long lists: the router's own works out where it leads, and whether one is
// there, at each drawing, which took a third of a list's time while it scrolled.
import { useRouter } from '@tanstack/react-router'
import type { ComponentProps, MouseEvent } from 'react'

interface RowLinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  /** Address in the console, such as `/inbox/…`. */
  to: string
}

export function RowLink({ to, onClick, ...rest }: RowLinkProps) {
  const router = useRouter()
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    // What opens another tab or window is the browser's.
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    void router.navigate({ to })
  }
  return <a {...rest} href={`${router.basepath.replace(/\/$/, '')}${to}`} onClick={follow} />
}
