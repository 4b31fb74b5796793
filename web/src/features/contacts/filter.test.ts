import { describe, expect, test } from 'vitest'

import { activities, activityOf, everyone, filterOfSearch, isFiltered, queryOf, queryText, searchOf, withActivity, type ContactFilter } from '@/features/contacts/filter'

const whole: ContactFilter = {
  q: 'ros',
  segment: 'segment-1',
  conditions: {
    tags: ['vip', 'a&b'],
    withoutTags: ['old'],
    attributes: { city: 'Graz', 'a=b': 'x y' },
    silentForDays: 30,
    optedOut: false,
  },
}

describe('a filter', () => {
  test('comes back from the address as it went', () => {
    expect(filterOfSearch(searchOf(whole))).toEqual(whole)
    expect(searchOf(everyone)).toEqual({})
    expect(isFiltered(filterOfSearch({}))).toBe(false)
  })

  test('is what fits of an address that somebody made up', () => {
    const made = { q: 7, segment: null, filter: { tags: 'vip', withoutTags: [1, {}], attributes: ['x'], optedOut: 'yes', silentForDays: -4 } }
    expect(filterOfSearch(made)).toEqual({ q: '7', segment: '', conditions: { withoutTags: ['1'], attributes: { 0: 'x' } } })
    expect(filterOfSearch({ filter: 'x' })).toEqual(everyone)
  })

  test('is asked for by parameters that may be there again and again', () => {
    const params = new URLSearchParams(queryText({ ...queryOf(whole), limit: 50, cursor: undefined }, whole.conditions.attributes))
    expect(params.getAll('tag')).toEqual(['vip', 'a&b'])
    expect(params.get('withoutTag')).toBe('old')
    expect(params.get('attribute.city')).toBe('Graz')
    expect(params.get('attribute.a=b')).toBe('x y')
    expect(params.get('optedOut')).toBe('false')
    expect([...params.keys()].sort()).toEqual(
      ['attribute.a=b', 'attribute.city', 'limit', 'optedOut', 'q', 'segment', 'silentForDays', 'tag', 'tag', 'withoutTag'].sort(),
    )
  })

  test.each(activities)('says when people wrote last: %s', (activity) => {
    const conditions = withActivity({ neverWrote: true, tags: ['vip'] }, activity)
    expect(activityOf(conditions)).toBe(activity)
    expect(withActivity(conditions, null)).toEqual({ tags: ['vip'] })
  })
})
