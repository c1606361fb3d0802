/** Each acceptance criterion (AC-01 to AC-47) and each known defect (K-01 to K-48) has a test that carries its id in its name. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const root = path.join(import.meta.dirname, '..')

/** Ids that no test can carry, and why. */
const notHere: Readonly<Record<string, string>> = {
  'AC-47': 'a figure, not a behaviour: a run with --experimental-test-coverage tells it',
  'K-16': 'todos belong to the shop floor, which is not built yet',
  'K-17': 'exports of equipment belong to the shop floor, which is not built yet',
  'K-18': 'checklists belong to the shop floor, which is not built yet',
}

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(2, '0')}`)

/** What stands as the name of a test or of a case in a table of tests: ids of comments do not count. */
const names = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.test.ts'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && !file.endsWith('test/acceptance.test.ts'))
  .flatMap((file) => readFileSync(path.join(root, file), 'utf8').split('\n'))
  .filter((line) => /(\b(test|forEachEngine)\(|^\s*(\{ )?(\w+: )?)['"`]/.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line))
  .join('\n')
const hasTest = (id: string): boolean => new RegExp(`\\b${id}\\b`).test(names)

for (const [what, ids] of [
  ['acceptance criterion', numbered('AC', 47)],
  ['known defect', numbered('K', 48)],
] as const)
  test(`PL-81 every ${what} has a test that carries its id`, () => {
    assert.deepEqual(
      ids.filter((id) => !hasTest(id) && !Object.hasOwn(notHere, id)),
      [],
    )
    assert.deepEqual(
      ids.filter((id) => hasTest(id) && Object.hasOwn(notHere, id)),
      [],
      'has a test after all',
    )
  })
