// Goal: the connection is greeted as the server wants it, comes back from every kind of end, and asks for
// what it missed. Method: a fake WebSocket and a fake clock.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { LiveClient, type LiveState } from '@/lib/live/client'
import type { ServerMessage } from '@/lib/live/protocol'
import { FakeSocket } from '@/lib/live/testing'
import type { Session } from '@/lib/session'

const minute = 60_000
let sockets: FakeSocket[] = []
let heard: ServerMessage[] = []
let states: LiveState[] = []
let missed: (string | undefined)[] = []
let spreads: (number | undefined)[] = []
let refused = 0
let tokens = 0
let client: LiveClient

const newSession = async (): Promise<Session | null> => {
  tokens += 1
  return { token: `token-${tokens}`, expiresAt: Date.now() + 15 * minute, userId: 'user-1', workspaceId: 'workspace-1' }
}
const session = vi.fn(newSession)
const refresh = vi.fn(newSession)

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1) // the longest of each pause
  sockets = []
  heard = []
  states = []
  missed = []
  spreads = []
  refused = 0
  tokens = 0
  session.mockReset().mockImplementation(newSession)
  refresh.mockReset().mockImplementation(newSession)
  client = new LiveClient({
    open: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    session,
    refresh,
    onMessage: (message) => heard.push(message),
    onState: (state) => states.push(state),
    onRefused: () => {
      refused += 1
    },
    onMissed: (reason, spreadMs) => {
      missed.push(reason)
      spreads.push(spreadMs)
    },
  })
})
afterEach(() => {
  client.stop()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)
const last = (): FakeSocket => {
  const socket = sockets.at(-1)
  if (!socket) throw new Error('no connection was opened')
  return socket
}
const hello = () => last().said.find(({ type }) => type === 'hello')
const removed = (id: string) => ({ type: 'contact.removed', id, data: { id: 'contact-1' } })

async function connect(): Promise<void> {
  client.start()
  await pass()
  last().welcomes()
}

test('says hello with its token as soon as it is open, and fetches what is there once', async () => {
  client.start()
  await pass()
  expect(last().said).toEqual([])
  last().welcomes()
  expect(last().said).toEqual([{ type: 'hello', token: 'token-1', workspaceId: 'workspace-1' }])
  expect(states).toEqual(['trying', 'up'])
  expect(missed).toHaveLength(1)
})

test('hands on events in their order, also one that comes twice', async () => {
  await connect()
  for (const id of ['epoch-1', 'epoch-2', 'epoch-2', 'epoch-3']) last().tells(removed(id))
  expect(heard.flatMap((one) => ('id' in one ? [one.id] : []))).toEqual(['epoch-1', 'epoch-2', 'epoch-2', 'epoch-3'])
})

test('what is no message of the protocol does no harm', async () => {
  await connect()
  last().onmessage?.call({} as WebSocket, new MessageEvent('message', { data: 'no JSON' }))
  last().tells(null)
  last().tells({ type: 'error', code: 'invalid_request', message: '' })
  expect(states.at(-1)).toBe('up')
})

test.each([1001, 1006, 1013, 4999])('after %i connects again and goes on from the last event', async (code) => {
  await connect()
  last().tells(removed('epoch-7'))
  last().ends(code)
  expect(states.at(-1)).toBe('trying')
  await pass(999)
  expect(sockets).toHaveLength(1)
  await pass(1)
  expect(sockets).toHaveLength(2)
  last().welcomes({ lastEventId: 'epoch-7', resumed: true })
  expect(hello()).toMatchObject({ lastEventId: 'epoch-7' })
  expect(states.at(-1)).toBe('up')
  expect(missed).toHaveLength(1) // of the first connection
})

test('waits longer after each attempt that failed, half a minute at most, and shortly again after one that worked', async () => {
  await connect()
  const waits: number[] = []
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const before = sockets.length
    last().ends(1006)
    let waited = 0
    while (sockets.length === before) {
      await pass(500)
      waited += 500
    }
    waits.push(waited)
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  last().welcomes({ resumed: true })
  last().ends(1006)
  await pass(1_000)
  expect(sockets).toHaveLength(10)
})

test('pauses are not the same for everybody', async () => {
  await connect()
  vi.spyOn(Math, 'random').mockReturnValue(0)
  last().ends(1006)
  await pass(500)
  expect(sockets).toHaveLength(2)
})

test('resync: everything is fetched anew, and the next connection goes on from there', async () => {
  await connect()
  last().tells({ type: 'resync', reason: 'too_slow', lastEventId: 'other-40', spreadMs: 300 })
  expect(missed).toEqual([undefined, 'too_slow'])
  expect(spreads).toEqual([undefined, 300])
  last().ends(1006)
  await pass(1_000)
  last().welcomes({ lastEventId: 'other-40', resumed: true })
  expect(hello()).toMatchObject({ lastEventId: 'other-40' })
})

test('events that could not be resumed: the resync alone makes it fetch', async () => {
  await connect()
  last().ends(1001)
  await pass(1_000)
  last().welcomes({ lastEventId: 'new-0', resumed: false })
  expect(missed).toHaveLength(1)
  last().tells({ type: 'resync', reason: 'events_lost', lastEventId: 'new-0' })
  expect(missed).toHaveLength(2)
})

test('4401: a new token, and at once again', async () => {
  await connect()
  last().ends(4401)
  await pass()
  expect(refresh).toHaveBeenCalledTimes(1)
  last().welcomes({ resumed: true })
  expect(hello()).toMatchObject({ token: 'token-2' })
})

test('4401 to a fresh token, too, is not answered in a hurry', async () => {
  await connect()
  last().ends(4401)
  await pass()
  last().ends(4401)
  await pass(999)
  expect(sockets).toHaveLength(2)
  await pass(1)
  expect(sockets).toHaveLength(3)
  expect(refresh).toHaveBeenCalledTimes(1)
})

test('4401 when the session is over ends it', async () => {
  refresh.mockResolvedValue(null)
  await connect()
  last().ends(4401)
  await pass(10 * minute)
  expect(sockets).toHaveLength(1)
  expect(states.at(-1)).toBe('off')
})

test.each([4400, 1009])('%i ends it, until it is begun anew', async (code) => {
  await connect()
  last().ends(code)
  await pass(60 * minute)
  expect(sockets).toHaveLength(1)
  expect(states.at(-1)).toBe('off')
  expect(refused).toBe(1)
  client.start()
  await pass()
  expect(sockets).toHaveLength(2)
})

test('4403: looks every five minutes whether it may again, and at once when it is begun anew', async () => {
  await connect()
  last().tells(removed('epoch-7'))
  last().ends(4403)
  await pass(5 * minute - 1)
  expect(sockets).toHaveLength(1)
  expect(states.at(-1)).toBe('off')
  await pass(1)
  expect(sockets).toHaveLength(2)
  last().opens()
  last().ends(4403)
  expect(refused).toBe(2)
  client.start()
  await pass()
  expect(sockets).toHaveLength(3)
  last().welcomes({ resumed: true })
  expect(hello()).toMatchObject({ lastEventId: 'epoch-7' })
  expect(states.at(-1)).toBe('up')
})

test.each([
  [4403, 5 * minute],
  [4429, 30_000],
  [4430, 30_000],
])('%i: a page that is seen again and again does not look before %i ms', async (code, ms) => {
  await connect()
  last().ends(code)
  for (let seen = 0; seen < 10; seen += 1) {
    await pass(ms / 10 - 1)
    client.probe()
  }
  await pass()
  expect(sockets).toHaveLength(1)
  await pass(11)
  client.probe()
  await pass()
  expect(sockets).toHaveLength(2)
})

test('4403: looks at once after the machine has slept for as long', async () => {
  await connect()
  last().ends(4403)
  vi.setSystemTime(Date.now() + 5 * minute) // no timer has run
  client.probe()
  await pass()
  expect(sockets).toHaveLength(2)
})

test('4403: whoever has logged out meanwhile is not connected again', async () => {
  await connect()
  last().ends(4403)
  client.stop()
  client.probe()
  await pass(60 * minute)
  expect(sockets).toHaveLength(1)
})

test('4403: without a session it rests', async () => {
  await connect()
  last().ends(4403)
  session.mockResolvedValue(null)
  await pass(60 * minute)
  expect(sockets).toHaveLength(1)
  expect(states.at(-1)).toBe('off')
})

test.each([
  [4429, 30_000],
  [4430, 30_000],
])('%i: not again before %i ms', async (code, ms) => {
  await connect()
  last().ends(code)
  await pass(ms)
  expect(sockets).toHaveLength(1)
  await pass(1_000)
  expect(sockets).toHaveLength(2)
})

test('says hello again with a fresh token before the old one ends, and fetches nothing for it', async () => {
  await connect()
  await pass(14 * minute + 5_000)
  expect(sockets).toHaveLength(1)
  const hellos = last().said.filter(({ type }) => type === 'hello')
  expect(hellos).toEqual([
    { type: 'hello', token: 'token-1', workspaceId: 'workspace-1' },
    { type: 'hello', token: 'token-2', workspaceId: 'workspace-1' },
  ])
  last().tells({ type: 'ready', workspaceId: 'workspace-1', lastEventId: 'epoch-9', resumed: false, present: [] })
  expect(missed).toHaveLength(1)
})

test('a connection on which nothing comes is tried with a ping, and given up without an answer', async () => {
  await connect()
  last().alive = false
  await pass(25_000)
  expect(last().said.at(-1)).toEqual({ type: 'ping' })
  expect(states.at(-1)).toBe('up')
  await pass(10_000)
  expect(states.at(-1)).toBe('trying')
  expect(sockets[0]?.closed).toBe(true)
  await pass(1_000)
  expect(sockets).toHaveLength(2)
})

test('an attempt that hangs is given up', async () => {
  client.start()
  await pass(15_000 + 1_000)
  expect(sockets).toHaveLength(2)
  expect(sockets[0]?.closed).toBe(true) // or the second waits for it
})

test('a probe tries at once what waits, and pings what is up', async () => {
  await connect()
  client.probe()
  expect(last().said.at(-1)).toEqual({ type: 'ping' })
  last().ends(1006)
  client.probe()
  await pass()
  expect(sockets).toHaveLength(2)
})

test('without an answer to the question for a token it tries again', async () => {
  session.mockRejectedValueOnce(new Error('refresh: 503'))
  client.start()
  await pass()
  expect(sockets).toHaveLength(0)
  await pass(1_000)
  expect(sockets).toHaveLength(1)
})

test('nothing is heard of it after it was stopped, and whoever begins next gets none of its events', async () => {
  await connect()
  const old = last()
  last().tells(removed('epoch-3'))
  client.stop()
  expect(old.closed).toBe(true)
  expect(old.onmessage).toBeNull()
  client.start()
  await pass()
  last().welcomes()
  expect(hello()).not.toHaveProperty('lastEventId')
})

test('one that is not open yet is closed when it is, without a word', async () => {
  client.start()
  await vi.advanceTimersByTimeAsync(0)
  const [socket] = sockets
  client.stop()
  expect(socket?.closed).toBe(false) // a browser complains of that
  socket?.opens()
  expect(socket?.closed).toBe(true)
  expect(socket?.said).toEqual([])
})

test('one that hangs is closed though nobody waits for it', async () => {
  client.start()
  await vi.advanceTimersByTimeAsync(0)
  client.stop()
  await pass(15_000)
  expect(sockets[0]?.closed).toBe(true)
})
