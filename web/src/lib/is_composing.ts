/**
 * Whether a key belongs to an input method that composes letters. Safari ends the composition before it tells of the Enter
 * that did so, and marks that one by the code 229 alone.
 */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229
