/** Tenancy is in the schema and in the queries: a table is a company's or the platform's, and who reads a company's names the company. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const root = path.join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')

/** Tables without a company, and why. */
const platformTables: Readonly<Record<string, string>> = {
  tenants: 'the companies themselves',
  users: 'people belong to the platform; memberships bind them to companies',
  sessions: 'a session is a person’s; its company is a choice',
  refresh_tokens: 'of a session',
  user_logins: 'of a person',
  totp_credentials: 'of a person',
  recovery_codes: 'of a person',
  mfa_challenges: 'of a person',
  rate_windows: 'of an address',
  login_failures: 'of an account and an address',
  link_tokens: 'of a person',
  audit_unsealed: 'queue of the audit log’s seal',
  audit_seals: 'the audit log’s seal: a chain is a company’s, or of none',
  audit_chains: 'the audit log’s seal',
  legacy_imports: 'what the platform took over from elsewhere',
  email_outbox: 'mail to people, whatever their company',
  geo_countries: 'the world’s',
  geo_regions: 'the world’s',
  geo_provinces: 'the world’s',
  geo_cities: 'the world’s',
  industries: 'the world’s',
  widget_catalog: 'the vendor’s',
  jobs: 'the queue; a job carries its company in its payload',
  worker_heartbeats: 'processes of the platform',
  job_schedules: 'periodic jobs of the platform',
  schema_migrations: 'the schema’s own',
}
/** Queries over all companies at once, and why. */
const acrossCompanies: Readonly<Record<string, string>> = {
  'src/plant/demo/remove.ts selectFrom audit_logs': 'places in the queue whose rows went with a demo company',
  'src/identity/audit/queries.ts deleteFrom audit_logs': 'retention: rows found by their chain, which is one company’s',
  'src/identity/audit/queries.ts innerJoin audit_logs': 'sealing, of all chains',
  'src/identity/audit/queries.ts leftJoin audit_logs': 'sealing and verification, of all chains',
  'src/identity/audit/queries.ts selectFrom audit_logs': 'verification, of all chains',
  'src/identity/invitations/queries.ts selectFrom invitations':
    'a token names its invitation by itself; whoever holds it is of no company yet',
  'src/platform/files/queries.ts deleteFrom files': 'swept when removed, whoever’s it was',
  'src/platform/files/queries.ts selectFrom files': 'a signed link names the file itself; sweeping sees all',
  'src/platform/files/queries.ts updateTable files': 'unfinished uploads of everybody are swept',
  'src/platform/idempotency/once-only.ts deleteFrom idempotent_requests': 'retention by age, the same for all',
  'src/plant/dashboards/jobs.ts deleteFrom user_queries': 'retention by age, the same for all',
  'src/plant/ingest/purge.ts deleteFrom ingest_activity': 'retention by age, the same for all',
  'src/plant/ingest/purge.ts deleteFrom ingest_intents': 'retention by age, the same for all',
  'src/plant/ingest/purge.ts selectFrom ingest_activity': 'retention by age, the same for all',
  'src/plant/ingest/purge.ts selectFrom ingest_intents': 'retention by age, the same for all',
}

const tables = [...read('schema/sqlite.sql').matchAll(/CREATE TABLE "(\w+)" \(\n([\s\S]*?)\n\)/g)].map(([, name = '', columns = '']) => ({
  name,
  hasCompany: /^ {2}"tenant_id" /m.test(columns),
}))
const companyTables = new Set(tables.filter(({ name, hasCompany }) => hasCompany && !(name in platformTables)).map(({ name }) => name))

test('ID-39 every table is a company’s, with tenant_id, or the platform’s for a reason', () => {
  assert.ok(tables.length > 10, 'the schema was read')
  const unexplained = tables.filter(({ name, hasCompany }) => !hasCompany && !(name in platformTables))
  assert.deepEqual(unexplained, [])
})

test('ID-39 every query on a company’s table names the company', () => {
  const queries = globSync('src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts') && !file.startsWith('src/migrations/'))
    .flatMap((file) => {
      const text = read(file)
      return [...text.matchAll(/\b(selectFrom|updateTable|deleteFrom|innerJoin|leftJoin)\('(\w+)/g)]
        .filter(([, , table = '']) => companyTables.has(table))
        .map((match) => {
          const rest = text.slice(match.index)
          const end = /\.execute\w*\(|\n\n|\n}/.exec(rest)?.index ?? rest.length
          return { name: `${file} ${match[1]} ${match[2]}`, isScoped: /tenant_?id/i.test(rest.slice(0, end)) }
        })
    })
  assert.ok(queries.length > 8, 'the queries were found')
  const unscoped = queries.filter(({ isScoped }) => !isScoped).map(({ name }) => name)
  assert.deepEqual([...new Set(unscoped)].sort(), Object.keys(acrossCompanies).sort())
})
