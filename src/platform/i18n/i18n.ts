/** Texts in the two languages of the product, side by side so that a missing translation does not compile. */
export const languages = ['es', 'en'] as const
export type Language = (typeof languages)[number]

/** One text per language; `{name}` marks are filled from the parameters. */
export type Text = Readonly<Record<Language, string>>
export type Parameters = Readonly<Record<string, string | number>>

/** A house's catalogue: `defineMessages({ 'login.title': { es: 'Ingresar', en: 'Sign in' } })`. */
export const defineMessages = <const Catalogue extends Readonly<Record<string, Text>>>(catalogue: Catalogue): Catalogue => catalogue

/** Fills `{name}` marks; an unknown mark stays visible, so that a wrong call is seen and not hidden. */
export const formatText = (text: Text, language: Language, parameters: Parameters = {}): string =>
  text[language].replace(/\{(\w+)\}/g, (mark, name: string) => (name in parameters ? String(parameters[name]) : mark))

/** `t` of one catalogue and language; an unknown key does not compile. */
export const translator =
  <Catalogue extends Readonly<Record<string, Text>>>(catalogue: Catalogue, language: Language) =>
  (key: keyof Catalogue & string, parameters?: Parameters): string =>
    formatText(catalogue[key] as Text, language, parameters)
