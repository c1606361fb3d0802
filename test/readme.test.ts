/** What the README says of settings and commands is what the code reads and offers. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { configTable } from '../src/platform/config/settings.ts'

const readme = readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8')

test('the configuration table of the README is the one of the code', () => {
  const rows = configTable.map(({ name, default: fallback, meaning }) => `| \`${name}\` | ${fallback && `\`${fallback}\``} | ${meaning} |`)
  for (const row of rows) assert.ok(readme.includes(`${row}\n`), `README.md lacks or changes: ${row}`)
  assert.equal([...readme.matchAll(/^\| `[A-Z0-9_]+` \|/gm)].length, rows.length)
})

test('the documents that the README links to exist', () => {
  for (const [, file = ''] of readme.matchAll(/\]\(((?!http)[^)]+)\)/g)) {
    assert.ok(readFileSync(path.join(import.meta.dirname, '..', file)).length > 0, file)
  }
})
