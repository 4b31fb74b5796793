// Goal: a memoized row changes its words with the language. Method: a row that nobody draws anew.
import { act, cleanup, render, screen } from '@testing-library/react'
import { memo } from 'react'
import { afterEach, expect, test } from 'vitest'

import { changeLanguage, startI18n } from '@/lib/i18n'
import { useWords, WordsProvider } from '@/lib/words'

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
