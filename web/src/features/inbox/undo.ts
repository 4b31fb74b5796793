// Acts that can be taken back while their notices are there: each by its notice's button, the newest by a key.
const offers = new Map<string, () => void>()

export function offerUndo(id: string, takeBack: () => void): void {
  offers.set(id, takeBack)
}

/** The notice has gone: so has the way back. */
export function withdrawUndo(id: string): void {
  offers.delete(id)
}

export function undo(id: string): void {
  const takeBack = offers.get(id)
  offers.delete(id)
  takeBack?.()
}

/** Does nothing when there is nothing to take back. */
export function undoNewest(): void {
  const newest = [...offers.keys()].at(-1)
  if (newest !== undefined) undo(newest)
}
