// Goal: a memoized row changes its words with the language. Method: a row that nobody draws anew.
import { act, cleanup, render, screen } from '@testing-library/react'
import { memo } from 'react'
import { afterEach, expect, test } from 'vitest'

import { changeLanguage, startI18n } from '@/lib/i18n'
import { remembering, useWords, WordsProvider } from '@/lib/words'

const Row = memo(function Row() {
  const { t, language } = useWords('messages')
  return <p>{`${language}: ${t('states.read')}`}</p>
})

afterEach(async () => {
  cleanup()
  await changeLanguage('en')
})

test('the words follow the language', async () => {
  await startI18n('en')
  render(
    <WordsProvider>
      <Row />
    </WordsProvider>,
  )
  const english = screen.getByText(/^en: /).textContent
  await act(() => changeLanguage('es'))
  const spanish = screen.getByText(/^es: /).textContent
  expect(spanish.slice(4)).not.toBe(english.slice(4))
})

test('without the provider the words are there, too', async () => {
  await startI18n('en')
  render(<Row />)
  expect(screen.getByText('en: Read')).toBeTruthy()
})

test('words with variables are told apart by them', async () => {
  await startI18n('en')
  const Count = ({ count }: { count: number }) => useWords('inbox').t('row.unread', { count })
  const { rerender, container } = render(<Count count={1} />)
  for (const [count, words] of [[2, '2 unread messages'], [1, '1 unread message'], [2, '2 unread messages']] as const) {
    rerender(<Count count={count} />)
    expect(container.textContent).toBe(words)
  }
})

test('the same words are made once, and not all of them are kept for ever', () => {
  let made = 0
  const t = remembering((key, variables) => `${key} ${variables?.count ?? ''} ${(made += 1)}`)
  const first = [t('row'), t('row', { count: 1 }), t('row', { count: 2 })]
  expect([t('row'), t('row', { count: 1 }), t('row', { count: 2 })]).toEqual(first)
  expect(made).toBe(3)
  for (let count = 3; count < 3_000; count += 1) t('row', { count })
  t('row')
  expect(made).toBe(3_001)
})
