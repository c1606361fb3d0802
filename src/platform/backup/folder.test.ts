import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { listFolders, newFolder } from './folder.ts'

function emptyRoot(t: TestContext): string {
  const root = mkdtempSync(path.join(os.tmpdir(), 'andon-folders-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  return root
}

async function backUp(root: string, name: string): Promise<void> {
  const folder = await newFolder(root, name)
  await folder.finish({ of: name }, async () => {})
}

test('PL-95 the list of a disk of its own holds its backups, and nothing that the disk put there', async (t) => {
  const root = emptyRoot(t)
  await backUp(root, 'first')
  mkdirSync(path.join(root, 'lost+found'))
  writeFileSync(path.join(root, 'notes.txt'), '')
  mkdirSync(path.join(root, '.second.0badcafe.part'))
  assert.deepEqual(
    (await listFolders(root)).map(({ name, manifest, fault }) => ({ name, manifest, fault })),
    [{ name: 'first', manifest: { of: 'first' }, fault: null }],
  )
  assert.deepEqual(await listFolders(path.join(root, 'nowhere')), [])
})

test('PL-95 one that cannot be read is told, and does not end the list', async (t) => {
  const root = emptyRoot(t)
  // a link to itself: cannot be opened even by an administrator
  symlinkSync('a-loop', path.join(root, 'a-loop'))
  mkdirSync(path.join(root, 'b-empty'))
  await backUp(root, 'c-whole')
  const [loop, empty, whole] = await listFolders(root)
  assert.match(loop?.fault ?? '', /^a-loop cannot be read: ELOOP/)
  assert.match(empty?.fault ?? '', /b-empty is no backup: SHA256SUMS cannot be read/)
  assert.deepEqual([whole?.name, whole?.fault, (whole?.sizeBytes ?? 0) > 0], ['c-whole', null, true])
})
