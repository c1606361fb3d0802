/** Run by migrate.test.ts as another process: `node migrate-slowly.fixture.ts <url> pause|go`. */
import process from 'node:process'
import { column, insertUnlessExists, type Migration, migrateUp, openDatabase } from '../index.ts'

const [, , url = '', pause] = process.argv
const table = { id: column.id(), name: column.text(20) }
const migrations: readonly Migration[] = [
  { name: '0001-a', up: ({ createTable }) => createTable('a', table), down: ({ dropTable }) => dropTable('a') },
  {
    name: '0002-b',
    async up({ db, createTable }) {
      await createTable('b_one', { code: column.text(20) }, { primaryKey: ['code'], indexes: [['code']] })
      await insertUnlessExists(db, 'b_one' as never, { code: 'first' } as never)
      console.log('middle')
      if (pause === 'pause') await new Promise((resolve) => setTimeout(resolve, 60_000))
      await createTable('b_two', table)
    },
    down: ({ dropTable }) => dropTable('b_one'),
  },
  { name: '0003-c', up: ({ createTable }) => createTable('c', table), down: ({ dropTable }) => dropTable('c') },
]
const { db, close } = await openDatabase(url)
for (const name of await migrateUp(db, migrations)) console.log(`applied ${name}`)
await close()
