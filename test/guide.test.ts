/** The user guide does not go stale in silence: its pictures are there, and what it quotes from the pages is what the pages say. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const root = path.join(import.meta.dirname, '..')
const guides = [
  { language: 'es', file: 'docs/guide.es.md' },
  { language: 'en', file: 'docs/guide.md' },
] as const
const largestPictureBytes = 100_000

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const pictureNames = (text: string): string[] => [...text.matchAll(/\]\(guide\/([^)]+)\)/g)].map(([, name = '']) => name)
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Every text of the catalogues in a language, as `{ es: '…', en: "…" }` writes them; a parameter stands for anything. */
function spoken(language: 'es' | 'en'): readonly RegExp[] {
  const literal = new RegExp(`\\b${language}:\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|"((?:[^"\\\\]|\\\\.)*)")`, 'g')
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  )
  const texts = new Set<string>()
  for (const source of sources)
    for (const [, single, double] of read(path.join('src', source)).matchAll(literal))
      texts.add((single ?? double ?? '').replaceAll(/\\(.)/g, '$1'))
  return [...texts]
    .filter((text) => /\p{L}/u.test(text.replaceAll(/\{\w+\}/g, '')))
    .map(
      (text) =>
        new RegExp(
          `^${text
            .split(/\{\w+\}/)
            .map(escaped)
            .join('\\S+')}$`,
        ),
    )
}

for (const { language, file } of guides) {
  test(`${file}: what is in bold stands in the message catalogues`, () => {
    const known = spoken(language)
    const labels = [...new Set([...read(file).matchAll(/\*\*([^*]+)\*\*/g)].map(([, label = '']) => label))]
    assert.ok(labels.length > 40, `${labels.length} labels`)
    assert.deepEqual(
      labels.filter((label) => !known.some((pattern) => pattern.test(label))),
      [],
    )
  })

  test(`${file}: its pictures are there, small and of its language`, () => {
    const names = pictureNames(read(file))
    assert.ok(names.length > 10, `${names.length} pictures`)
    for (const name of names) {
      assert.ok(name.endsWith(`.${language}.png`), name)
      assert.ok(
        statSync(path.join(root, 'docs/guide', name)).size <= largestPictureBytes,
        `${name} is larger than ${largestPictureBytes} bytes`,
      )
    }
  })

  test(`${file}: the way to each of its parts leads somewhere`, () => {
    const text = read(file)
    const anchors = [...text.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    )
    const wanted = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor)
    assert.deepEqual(wanted, anchors)
  })
}

test('both languages of the guide show the same pictures, and no picture is left over', () => {
  const [spanish, english] = guides.map(({ file }) => pictureNames(read(file)))
  const bare = (names: readonly string[] = []): string[] => names.map((name) => name.split('.')[0] ?? '')
  assert.deepEqual(bare(spanish), bare(english))
  assert.deepEqual(readdirSync(path.join(root, 'docs/guide')).sort(), [...(spanish ?? []), ...(english ?? [])].sort())
})
