import { expect, test } from 'vitest'

import { emptyReplay, readReplay } from '@/features/queues/replay_request'

const period = (from: string, to: string) => readReplay({ ...emptyReplay, from, to })
const ids = (text: string) => readReplay({ ...emptyReplay, by: 'ids', ids: text })

test('a period is given in UTC, from before to', () => {
  expect(period('2026-01-01T10:00', '2026-01-01T11:30')).toEqual({
    request: {
      from: new Date('2026-01-01T10:00').toISOString(),
      to: new Date('2026-01-01T11:30').toISOString(),
    },
  })
  expect(period('', '2026-01-01T11:30')).toEqual({ fault: 'timesMissing' })
  expect(period('2026-01-01T11:30', '2026-01-01T11:30')).toEqual({ fault: 'timesTurned' })
})

test('ids are parted by anything that people part them by, and named once', () => {
  expect(ids(' 12, 13\n12;14 ')).toEqual({ request: { ids: ['12', '13', '14'] } })
  expect(ids('  ')).toEqual({ fault: 'idsMissing' })
  expect(ids('12 x13')).toEqual({ fault: 'idsWrong' })
  expect(ids(Array.from({ length: 1001 }, (_, at) => at).join(' '))).toEqual({ fault: 'idsMany' })
})
