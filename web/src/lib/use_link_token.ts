// The token of a link in a mail: `#token=…`. Browsers do not send what follows the `#`, and it is
// taken out of the address bar, so that it stays in no history.
import { useState } from 'react'

export function useLinkToken(): string {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '')
  if (location.hash !== '') history.replaceState(history.state, '', location.pathname + location.search)
  return token
}
