/** Names as people type them in a search: without accents, in one case. Pure. */

export const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** What is searched in: each name once. */
export const foldedNames = (...names: readonly string[]): string => [...new Set(names.map(folded))].join(' | ').slice(0, 400)
