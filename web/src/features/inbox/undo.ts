// The newest act that can be taken back: by the button of its notice or by a key.
let newest: { id: string; undo: () => void } | null = null

export function offerUndo(id: string, undo: () => void): void {
  newest = { id, undo }
}

/** The notice has gone: so has the way back, unless a newer one is offered. */
export function withdrawUndo(id: string): void {
  if (newest?.id === id) newest = null
}

/** False when there is nothing to take back. */
export function undoNewest(): boolean {
  const offered = newest
  newest = null
  offered?.undo()
  return offered !== null
}
