// Gives the focus back to what opened a dialog, when that goes; to the menu's button when that was an
// entry of a menu, which is gone by then.
import { useEffect, useState } from 'react'

function openerOfNow(): HTMLElement | null {
  const active = document.activeElement
  const button = active?.closest('[role="menu"]')?.getAttribute('aria-labelledby')
  return button ? document.getElementById(button) : active instanceof HTMLElement ? active : null
}

export function useReturnFocus(): void {
  const [opener] = useState(openerOfNow) // before the menu that was used is gone
  useEffect(
    () => () => {
      if (opener?.isConnected) opener.focus()
    },
    [opener],
  )
}
