const latin = /\p{Script=Latin}/u
const letter = /\p{L}/u

/** One or two letters; empty when the name has none. Scripts that join their letters give one. */
export function initialsOf(name: string): string {
  const letters = name
    .split(/\s+/)
    .map((word) => Array.from(word).find((sign) => letter.test(sign)))
    .filter((first) => first !== undefined)
  const [first = ''] = letters
  const last = letters.length > 1 ? (letters.at(-1) ?? '') : ''
  return (latin.test(first) && latin.test(last) ? first + last : first).toLocaleUpperCase()
}
