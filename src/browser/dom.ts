/** Small helpers over the document. */
export const closest = <E extends Element = HTMLElement>(event: Event, selector: string): E | null =>
  event.target instanceof Element ? event.target.closest<E>(selector) : null

/** Delegated: elements may come and go with every fragment. */
export function on<K extends keyof DocumentEventMap>(
  type: K,
  selector: string,
  listener: (element: HTMLElement, event: DocumentEventMap[K]) => void,
): void {
  document.addEventListener(type, (event) => {
    const element = closest(event, selector)
    if (element) listener(element, event)
  })
}

let spoken: 'es' | 'en' | null = null
/** For a drawing without a page: which language its figures are in. */
export const speak = (language: 'es' | 'en'): void => {
  spoken = language
}
export const language = (): 'es' | 'en' => spoken ?? (document.documentElement.lang === 'en' ? 'en' : 'es')

const numbers = {
  es: new Intl.NumberFormat('es-AR', { maximumFractionDigits: 2 }),
  en: new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 }),
}
export const numberText = (value: number): string => numbers[language()].format(value)

const two = (value: number): string => String(value).padStart(2, '0')
/** Wall seconds of the plant → "14:03". */
export const wallText = (localS: number): string => `${two(Math.floor(localS / 3_600) % 24)}:${two(Math.floor(localS / 60) % 60)}`
/** 751 → "00:12:31". */
export const clockText = (seconds: number): string =>
  `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(Math.floor(seconds % 60))}`

/** Case and accents aside: how people search. */
export const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .trim()

export function debounced(work: () => void, delayMs: number): () => void {
  let timer = 0
  return () => {
    clearTimeout(timer)
    timer = window.setTimeout(work, delayMs)
  }
}

/** Kept per browser; private windows may refuse storage. */
export const remember = (key: string, value: string): void => {
  try {
    localStorage.setItem(`andon.${key}`, value)
  } catch {
    // the choice then lasts as long as the page
  }
}
export const recall = (key: string): string | null => {
  try {
    return localStorage.getItem(`andon.${key}`)
  } catch {
    return null
  }
}

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  element.className = className
  element.textContent = text
  return element
}

/** A screen reader hears what changed, not what was said again. */
export const setText = (element: Element | null, text: string): void => {
  if (element && element.textContent !== text) element.textContent = text
}
