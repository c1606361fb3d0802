/** Texts kept in this browser's storage; when it is full or refused, in the page, for as long as the page lasts. */
const inPage = new Map<string, string>()

/** False: in the page only. What storage held at this place before is taken out of it. */
export function keepText(place: string, text: string): boolean {
  try {
    localStorage.setItem(place, text)
    inPage.delete(place)
    return true
  } catch {
    dropText(place)
    inPage.set(place, text)
    return false
  }
}

export function dropText(place: string): void {
  inPage.delete(place)
  try {
    localStorage.removeItem(place)
  } catch {
    // nothing is in there
  }
}

function storedText(place: string): string | null {
  try {
    return localStorage.getItem(place)
  } catch {
    return null
  }
}

export const keptText = (place: string): string | null => inPage.get(place) ?? storedText(place)

const storedPlaces = (): string[] => {
  try {
    return Object.keys(localStorage)
  } catch {
    return []
  }
}

export const placesUnder = (prefix: string): string[] =>
  [...new Set([...storedPlaces(), ...inPage.keys()])].filter((place) => place.startsWith(prefix))

export const isInPageOnly = (place: string): boolean => inPage.has(place)
