import { paths } from '@/config/paths'

/** Where to go after a login: an address of this console only, whatever the link says. */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/') || /^\/[/\\]/.test(next)) return paths.home
  const url = new URL(next, 'https://console.invalid')
  if (url.host !== 'console.invalid') return paths.home
  return (url.pathname + url.search).replace(/^\/app(?=\/|$)/, '') || paths.home
}
