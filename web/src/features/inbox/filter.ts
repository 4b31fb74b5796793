// What the list shows: the folders that everybody has, and filters on top of them.
import { useSessionStorage } from '@mantine/hooks'
import { useRef } from 'react'

import type { components } from '@/api/generated/openapi'
import { getSession, type Session } from '@/lib/session'

type Schemas = components['schemas']
type Conversation = Schemas['Conversation']
export type ListFilter = Omit<Schemas['ViewFilter'], 'search'>

/** In the order of the sidebar. */
export const folders = {
  mine: { status: 'open', assignee: 'me' },
  unassigned: { status: 'open', assignee: 'none' },
  all: { status: 'open' },
  unread: { status: 'open', unread: true },
  snoozed: { status: 'snoozed' },
  resolved: { status: 'resolved' },
} as const satisfies Record<string, ListFilter>
export type Folder = keyof typeof folders
export const folderNames = Object.keys(folders) as Folder[]

const fields = ['status', 'assignee', 'phoneNumberId', 'tag', 'unread'] as const

export const isSameFilter = (one: ListFilter, other: ListFilter): boolean =>
  fields.every((field) => (one[field] || undefined) === (other[field] || undefined))

/** The folder that the filter is, whatever number and tag it asks for beside. */
export function folderOf({ status, assignee, unread }: ListFilter): Folder | null {
  return folderNames.find((name) => isSameFilter(folders[name], { status, assignee, unread })) ?? null
}

/** Without what says nothing, so that two filters of one meaning are one list. */
export function tidy(filter: ListFilter): ListFilter {
  return Object.fromEntries(fields.filter((field) => filter[field]).map((field) => [field, filter[field]]))
}

/** Whether a conversation belongs into a list still. One that was just read stays until the list is looked at again. */
export function fits({ status, assignee, phoneNumberId }: ListFilter, conversation: Conversation, myId: string | undefined): boolean {
  if (status && conversation.status !== status) return false
  if (phoneNumberId && conversation.phoneNumberId !== phoneNumberId) return false
  if (!assignee) return true
  if (assignee === 'none') return conversation.assigneeId === null
  return conversation.assigneeId === (assignee === 'me' ? myId : assignee)
}

/** Whether the server would list it. */
export const isListed = (filter: ListFilter, conversation: Conversation, myId: string | undefined): boolean =>
  fits(filter, conversation, myId) &&
  (!filter.tag || conversation.contact.tags.includes(filter.tag)) &&
  (!filter.unread || conversation.unreadCount > 0)

/** Kept while the tab lives, for one person in one workspace; all parts of the page share it. */
export function useFilter() {
  // Of a page that is still drawn after the logout it is whoever it was drawn for.
  const owner = useRef<Session | null>(null)
  owner.current = getSession() ?? owner.current
  const key = `wapi-inbox-view:${owner.current?.userId}:${owner.current?.workspaceId}`
  return useSessionStorage<ListFilter>({ key, defaultValue: folders.all, getInitialValueInEffect: false })
}
