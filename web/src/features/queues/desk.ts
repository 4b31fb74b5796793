// Whose dead letters and stored events a card is about: a member's workspace, or for an operator all.
import type { components } from '@/api/generated/openapi'

type Schemas = components['schemas']

/** An operator's letter says whose it is as well, and that of a mail has no payload. */
export type Letter = Schemas['DeadLetter'] | Schemas['AnyDeadLetter']
export type LetterResult = Schemas['LetterResult']
export type EventReplay = Schemas['AllEventReplay']

export interface LetterPage {
  jobs: Letter[]
  nextCursor: string | null
}

export interface Desk {
  /** Of the answers that are kept. */
  key: readonly unknown[]
  list: (asked: { cursor?: string; limit: number }, signal: AbortSignal) => Promise<LetterPage>
  act: (act: LetterAct, ids: string[]) => Promise<{ results: LetterResult[] }>
  replayEvents: (wanted: EventReplay) => Promise<Schemas['ReplayStarted']>
}

export const letterActs = ['replay', 'discard'] as const
export type LetterAct = (typeof letterActs)[number]

/** As many as one request may name. */
export const lettersMax = 100
export const eventIdsMax = 1000

export const ownerOf = (letter: Letter): string | null => ('workspaceId' in letter ? letter.workspaceName : null)
