/** Which language a request gets: asked for in the URL, chosen before (cookie), the person's own, what the program accepts, or the default. */
import { type Language, languages } from './i18n.ts'

export const languageCookie = 'andon_lang'

export const asLanguage = (value: unknown): Language | null => languages.find((language) => language === value) ?? null

/** First language of an Accept-Language header that we have, by quality (RFC 9110 §12.5.4); null when it names none of ours. */
export function acceptedLanguage(header: string | undefined): Language | null {
  const ranges = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part, order) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find((value) => value !== undefined)
      return { language: asLanguage(tag.split('-')[0]), quality: quality === undefined ? 1 : Number(quality), order }
    })
  const usable = ranges.filter((range) => range.language !== null && range.quality > 0)
  usable.sort((a, b) => b.quality - a.quality || a.order - b.order)
  return usable[0]?.language ?? null
}

export const chooseLanguage = (from: {
  readonly query: unknown
  readonly cookie: unknown
  readonly preferred: Language | null
  readonly acceptLanguage: string | undefined
  readonly fallback: Language
}): Language =>
  asLanguage(from.query) ?? asLanguage(from.cookie) ?? from.preferred ?? acceptedLanguage(from.acceptLanguage) ?? from.fallback
