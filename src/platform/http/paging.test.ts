import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageMeta, pagingOf } from './paging.ts'
import { Problem } from './problem.ts'

for (const [query, want] of [
  [{}, { offset: 0, limit: 10 }],
  [{ page: 3 }, { offset: 20, limit: 10 }],
  [
    { page: 2, per_page: 25 },
    { offset: 25, limit: 25 },
  ],
  [{ per_page: 500 }, { offset: 0, limit: 100 }],
  [{ skip: 7 }, { offset: 7, limit: 10 }],
  [
    { skip: 7, limit: 1000 },
    { offset: 7, limit: 100 },
  ],
] as const)
  test(`D-16 ${JSON.stringify(query)} reads ${want.limit} from ${want.offset}`, () => assert.deepEqual(pagingOf(query), want))

test('D-16 the two ways of paging are not mixed', () => {
  for (const query of [
    { page: 1, skip: 0 },
    { per_page: 5, limit: 5 },
    { page: 1, limit: 5 },
  ])
    assert.throws(
      () => pagingOf(query),
      (error: unknown) => error instanceof Problem && error.status === 422,
    )
})

test('the meta of a list tells where one is', () => {
  assert.deepEqual(pageMeta({ offset: 20, limit: 10 }, 21), { page: 3, per_page: 10, pages: 3, total: 21 })
  assert.deepEqual(pageMeta({ offset: 0, limit: 10 }, 0), { page: 1, per_page: 10, pages: 0, total: 0 })
})
