/** As the server counts: characters, not bytes (features/passwords). */
export const passwordCharactersMin = 10

export const isEmail = (text: string) => /^\S+@\S+\.\S+$/.test(text.trim())
export const isLongEnough = (password: string) => [...password].length >= passwordCharactersMin
