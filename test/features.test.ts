/** docs/features.md promises only what a test proves: each row that works, in whole or in part, names files that exist, and one carries its id. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const root = path.join(import.meta.dirname, '..')
const rows = [...readFileSync(path.join(root, 'docs/features.md'), 'utf8').matchAll(/^\| ((?:PL|ID|PL-TODO)-\d+) \|(.*)\|$/gm)].map(
  ([, id = '', rest = '']) => {
    const [, status = '', , proof = ''] = rest.split('|').map((cell) => cell.trim())
    return { id, status, files: [...proof.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file) }
  },
)

test('the table of features names every id once, with a status of three', () => {
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length)
  assert.ok(rows.length > 150)
  assert.deepEqual([...new Set(rows.map(({ status }) => status))].sort(), ['in part', 'not yet', 'works'])
})

test('what works is proven by a test that carries its id', () => {
  const unproven = rows.filter(({ id, status, files }) => {
    if (status === 'not yet') return files.length > 0
    const texts = files.filter((file) => existsSync(path.join(root, file))).map((file) => readFileSync(path.join(root, file), 'utf8'))
    return texts.length !== files.length || !texts.some((text) => new RegExp(`\\b${id}\\b`).test(text))
  })
  assert.deepEqual(
    unproven.map(({ id }) => id),
    [],
  )
})
