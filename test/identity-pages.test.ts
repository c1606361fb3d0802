/** Every page about accounts and companies as it stands, in both languages: at a desk in the dark, on a phone in the light. Each passes axe
 *  (WCAG 2.2 AA), does not scroll sideways, has one heading and the language's words, and leaves no console error. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seedAdmin } from '../src/identity/operators/index.ts'
import { identityPaths } from '../src/identity/paths.ts'
import { createTenantWithAdmin, createUser } from '../src/identity/tenants/index.ts'
import { desktop, phone, type Seat, type SeatOptions, signIn, takeSeat } from './harness/journey.ts'
import { startTestServer } from './harness/server.ts'

const password = 'Segura123!'
const company = 'acme'
const users = identityPaths.users({ company })
const audit = identityPaths.audit({ company })
const tenants = identityPaths.platformTenants()

/** Who looks at which pages; `status` when it is not 200. */
const visits: readonly {
  readonly who: 'stranger' | 'ana' | 'vera' | 'operator'
  readonly paths: readonly string[]
  readonly status?: number
}[] = [
  {
    who: 'stranger',
    paths: [
      ...[
        identityPaths.login(),
        identityPaths.register(),
        identityPaths.verifyEmail(),
        `${identityPaths.verifyEmail()}?token=${'x'.repeat(43)}`,
      ],
      ...[identityPaths.forgotPassword(), identityPaths.resetPassword(), identityPaths.acceptInvitation(), identityPaths.screen()],
    ],
  },
  { who: 'stranger', paths: ['/nowhere'], status: 404 },
  {
    who: 'ana',
    paths: [
      ...[identityPaths.companies(), identityPaths.account(), identityPaths.changePassword(), identityPaths.secondFactor()],
      ...[users, `${users}?status=pending`, `${users}?q=zzz`, `${users}/new`, `${users}/1`, `${users}/2`, `${users}/3`],
      ...[identityPaths.invitations({ company }), identityPaths.company({ company }), identityPaths.apiKeys({ company })],
      ...[identityPaths.displays({ company }), audit, `${audit}?tab=logins`, `${audit}?tab=queries`, `${audit}?user=zzz&verify=1`],
    ],
  },
  { who: 'vera', paths: [users], status: 403 },
  {
    who: 'operator',
    paths: [tenants, `${tenants}?q=zzz`, `${tenants}/new`, `${tenants}/${company}`, identityPaths.account(), identityPaths.companies()],
  },
]

const sights: readonly Required<Pick<SeatOptions, 'language' | 'viewport' | 'theme'>>[] = [
  { language: 'es', viewport: desktop, theme: 'dark' },
  { language: 'en', viewport: phone, theme: 'light' },
]
/** Words of the other language give an untranslated page away. */
const foreign = {
  es: /\b(Save|Password|Cancel|Search|Loading|Choose|Required|undefined|null|NaN)\b/,
  en: /\b(Guardar|Contraseña|Cancelar|Buscar|Elija|Usuario|undefined|null|NaN)\b/,
} as const

test('ID-75 every page of accounts and companies, in both languages, at a desk and on a phone', async (t) => {
  const server = await startTestServer({ env: { SIGNUP_MODE: 'open' }, nowMs: Date.parse('2026-10-20T15:00:00Z') }, t)
  const { db, clock } = server.ctx
  const made = await createTenantWithAdmin(db, { clock }, { companyName: 'Acme', username: 'ana', email: 'ana@example.com', password })
  const add = (username: string, role: string, tenantId = made.tenantId) =>
    createUser(db, { clock }, null, { tenantId, username, email: `${username}@example.com`, password, role })
  await add('vera', 'VIEWER')
  const { userId } = await add('pedro-with-a-name-that-nobody-would-choose-himself', 'OPERATOR')
  await db.kysely.updateTable('users').set({ approval_status: 'pending' }).where('id', '=', userId).execute()
  await seedAdmin(db, { clock }, { email: 'operator@example.com', password, tenantId: null, allowsWeak: false, resets: false })
  const program = server.newClient()
  await program.signIn('ana', password)
  await program.json('/api/v1/invitations', { email: 'a-rather-long-address-of-somebody@industrial-company.example.com', role: 'OPERATOR' })
  await program.json('/api/v1/api-keys', { name: 'Power BI', scopes: ['view_dashboard', 'view_audit_log'] })

  const faults: string[] = []
  for (const sight of sights) {
    const seats = new Map<string, Seat>()
    try {
      for (const { who, paths, status = 200 } of visits) {
        const seat = seats.get(who) ?? (await takeSeat(server, faults, sight))
        if (!seats.has(who) && who !== 'stranger') await signIn(seat, who, password)
        seats.set(who, seat)
        for (const path of paths) await visit(seat, path, status, sight.language)
      }
    } finally {
      for (const { context } of seats.values()) await context.close()
    }
  }
  assert.deepEqual(faults, [])
})

async function visit({ page, look }: Seat, path: string, status: number, language: 'es' | 'en'): Promise<void> {
  const answer = await page.goto(path)
  assert.equal(answer?.status(), status, path)
  assert.equal(await page.locator('html').getAttribute('lang'), language, path)
  assert.equal(await page.locator('h1').count(), 1, `${path} has one heading`)
  assert.doesNotMatch(await page.locator('body').innerText(), foreign[language], path)
  await look(path.replace(/[^a-z0-9]+/gi, '_').slice(0, 60))
}
