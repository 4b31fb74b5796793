const latin = /\p{Script=Latin}/u
const letter = /\p{L}/u

/** One or two letters; empty when the name has none. Scripts that join their letters give one. */
export function initialsOf(name: string): string {
  const letters = name
    .split(/\s+/)
    .map(firstLetter)
    .filter((first) => first !== undefined)
  const [first = ''] = letters
  const last = letters.length > 1 ? (letters.at(-1) ?? '') : ''
  return (latin.test(first) && latin.test(last) ? first + last : first).toLocaleUpperCase()
}

function firstLetter(word: string): string | undefined {
  for (const sign of word) if (letter.test(sign)) return sign
  return undefined
}
