// What colleagues do just now: who is there, which conversation they look at, where they type.
import type { Present, Ready } from '@/lib/live/protocol'

export interface Here {
  userId: string
  typing: boolean
}

const nobody: Here[] = []

export class Colleagues {
  private readonly present = new Map<string, Present>()
  private readonly typing = new Map<string, Map<string, ReturnType<typeof setTimeout>>>()
  /** By conversation; the same list as long as nothing in it changes. */
  private readonly shown = new Map<string, Here[]>()

  constructor(private readonly tell: () => void) {}

  /** In a new connection nothing is known of before; in one that goes on, where people are is. */
  greet({ present }: Ready): void {
    const before = new Map(this.present)
    this.present.clear()
    for (const one of present) this.present.set(one.userId, { ...before.get(one.userId), ...one })
    this.changed()
  }

  forget(): void {
    this.present.clear()
    for (const people of this.typing.values()) for (const timer of people.values()) clearTimeout(timer)
    this.typing.clear()
    this.changed()
  }

  note(one: Present): void {
    if (one.state === 'offline') this.present.delete(one.userId)
    else this.present.set(one.userId, one)
    this.changed()
  }

  noteTyping(userId: string, conversationId: string, shownMs: number): void {
    const people = this.typing.get(conversationId) ?? new Map<string, ReturnType<typeof setTimeout>>()
    this.typing.set(conversationId, people)
    clearTimeout(people.get(userId))
    people.set(userId, setTimeout(() => this.noteStopped(userId, conversationId), shownMs))
    this.changed()
  }

  private noteStopped(userId: string, conversationId: string): void {
    const people = this.typing.get(conversationId)
    people?.delete(userId)
    if (people?.size === 0) this.typing.delete(conversationId)
    this.changed()
  }

  /** Who else looks at a conversation or types in it; those who type first. */
  in(conversationId: string): Here[] {
    const known = this.shown.get(conversationId)
    if (known) return known
    const typing = [...(this.typing.get(conversationId)?.keys() ?? [])]
    const looking = [...this.present.values()]
      .filter((one) => one.conversationId === conversationId && one.state === 'online' && !typing.includes(one.userId))
      .map(({ userId }) => userId)
    const here = [
      ...typing.map((userId) => ({ userId, typing: true })),
      ...looking.map((userId) => ({ userId, typing: false })),
    ]
    const list = here.length > 0 ? here : nobody
    this.shown.set(conversationId, list)
    return list
  }

  private changed(): void {
    this.shown.clear()
    this.tell()
  }
}
