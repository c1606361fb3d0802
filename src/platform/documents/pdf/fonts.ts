/** Inter in its static cuts. Each file holds one script: a text is cut into runs, each set in the file that has its letters. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

export type Weight = 400 | 600
export type Run = { readonly text: string; readonly font: string }

const folder = path.dirname(createRequire(import.meta.url).resolve('@fontsource/inter/package.json'))
/** Most likely first; `latin` also has the sign for what nobody has. */
const scripts = ['latin', 'latin-ext', 'vietnamese', 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext'] as const
type Script = (typeof scripts)[number]

const ranges: ReadonlyMap<Script, readonly (readonly [number, number])[]> = (() => {
  const stored = JSON.parse(readFileSync(path.join(folder, 'unicode.json'), 'utf8')) as Readonly<Record<string, string>>
  return new Map(
    scripts.map((script) => [
      script,
      (stored[script] ?? '').split(',').map((range) => {
        const [from = '', to = from] = range.replace('U+', '').split('-')
        return [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const
      }),
    ]),
  )
})()

export const fontName = (script: Script, weight: Weight): string => `${script}-${weight}`
export const fontFile = (name: string): string => {
  const [, script, weight] = /^(.+)-(\d+)$/.exec(name) ?? []
  return path.join(folder, 'files', `inter-${script}-${weight}-normal.woff`)
}

const scriptOf = (letter: number): Script | null =>
  scripts.find((script) => ranges.get(script)?.some(([from, to]) => from <= letter && letter <= to)) ?? null

/** Composed letters, no control or direction marks, and U+FFFD for what no file has. */
export const clean = (text: string): string =>
  text.normalize('NFC').replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, (mark) => (/\s/.test(mark) ? ' ' : ''))

export function runsOf(text: string, weight: Weight): Run[] {
  const runs: { text: string; font: string }[] = []
  for (const letter of clean(text)) {
    const script = scriptOf(letter.codePointAt(0) ?? 0)
    const font = fontName(script ?? 'latin', weight)
    const last = runs.at(-1)
    const shown = script === null ? '\ufffd' : letter
    if (last?.font === font) last.text += shown
    else runs.push({ text: shown, font })
  }
  return runs
}

/** For a drawing that knows one file only. */
export const latinOnly = (text: string): string =>
  [...clean(text)].map((letter) => (scriptOf(letter.codePointAt(0) ?? 0) === 'latin' ? letter : '\ufffd')).join('')
