/** What people, companies, devices and plants are called is shown as text: in every page and fragment, in the charts inside them, and in every mail. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestWith, spotsOf } from '../harness/attacks/spots.ts'
import { startTarget, type Target } from '../harness/attacks/target.ts'
import { waitingMails } from '../harness/mails.ts'

/** Leaves an attribute, a text and a template; the word before it says where it came from. */
const leaves = `"'><xss a=1>&{{7*7}}\${7*7}`
const hostile = (where: string): string => `xss.${where}${leaves}`
// mails part what looks like a host by a word joiner
const escaped = /xss\.\u2060?[\w.]+(&quot;|&#34;)(&#39;|&apos;)&gt;&lt;xss/

/** Columns whose text somebody outside may choose, or that copy such a text; written past all validation. */
const stored: Readonly<Record<string, readonly string[]>> = {
  users: ['full_name', 'first_name', 'last_name', 'phone', 'national_id', 'title', 'category', 'gender', 'pending_email', 'birth_date'],
  tenants: [
    ...['name', 'legal_name', 'tax_id', 'tax_id_type', 'industry', 'economic_activity', 'company_type', 'description_short', 'description'],
    ...['address', 'city', 'phone', 'contact_email', 'website', 'linkedin_url', 'twitter_url', 'primary_color', 'employees_range'],
  ],
  invitations: ['email'],
  api_keys: ['name'],
  displays: ['name', 'last_page', 'last_ip'],
  sessions: ['user_agent', 'ip'],
  user_logins: ['user_agent', 'ip_address', 'username'],
  audit_logs: ['user_agent', 'ip_address', 'attempted_username', 'entity_type', 'entity_id'],
  user_queries: ['username', 'line', 'interval_type', 'sql_query'],
  geo_countries: ['name', 'name_en'],
  geo_regions: ['name'],
  geo_provinces: ['name'],
  geo_cities: ['name'],
}

async function spoil({ server }: Target): Promise<void> {
  const { kysely } = server.ctx.db
  const set = (table: string, change: object) =>
    kysely
      .updateTable(table as 'users')
      .set(change)
      .execute()
  for (const [table, columns] of Object.entries(stored))
    for (const column of columns)
      await set(table, { [column]: hostile(`${table}.${column}`) })
        .catch(() => set(table, { [column]: `"'><xss>` })) // a short column
        .catch((error: unknown) => assert.match(String(error), /UNIQUE|CHECK/, `${table}.${column}`))
  const details = JSON.stringify({ name: hostile('audit_logs.details'), changed: [hostile('audit_logs.changed')] })
  await set('audit_logs', { details })
}

/** Why a page is not safe; the charts in it are pictures with a text of their own. */
function faultsOf(page: string): string[] {
  const pictures = [...page.matchAll(/data:image\/svg\+xml[^"']*/g)].map(([uri]) => {
    const [head = '', data = ''] = uri.split(/,(.*)/s)
    return head.includes('base64') ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data)
  })
  return [page, ...pictures].flatMap((text) => [
    ...(/<xss/i.test(text) ? ['markup'] : []),
    ...(/xss\.[\w.]+"('|&#39;)/.test(text) ? ['a quote that ends an attribute'] : []),
    ...(/<(script|img|iframe)[^>]*(onerror|alert\()/i.test(text) ? ['a script of the plant'] : []),
    ...(/\b(href|src|action)="\s*(javascript|data:text|vbscript):/i.test(text) ? ['an address that runs'] : []),
    ...(text.includes('49$') || /xss[^<]{0,20}49/.test(text) ? ['a template that was filled in'] : []),
  ])
}

/** 503 is a machine that is busy with something else, drawn as a page. */
const isBroken = (status: number): boolean => status >= 500 && status !== 503
const isPage = (text: string): boolean => /^\s*<(!doctype|html|div|section|main|hx-partial|article|form|p|h\d)/i.test(text)

test('PL-82 ID-75 nothing that anybody stored or sent becomes markup in any page, fragment or chart', async (t) => {
  const target = await startTarget(t)
  const { server, north, owner, root, nobody } = target
  await owner.send({ method: 'GET', path: '/api/v1/dashboard/data', body: undefined })
  await server.ctx.userQueries.drain()
  await spoil(target)
  const seen = new Set<string>()
  const faults = new Set<string>()
  let pages = 0
  const look = (where: string, text: string) => {
    if (!isPage(text)) return
    pages += 1
    for (const fault of faultsOf(text)) faults.add(`${where}: ${fault}`)
    for (const [, from = ''] of text.matchAll(/xss\.([\w.]+)(?=&quot;|&#34;)/g)) seen.add(from)
  }
  const asPage = { accept: 'text/html' }
  for (const route of server.app.shell.routes.filter(({ method, isStream }) => method === 'GET' && isStream !== true)) {
    const plain = requestWith(route, north.ids, [], '')
    const echoed = requestWith(route, north.ids, spotsOf(route), hostile('echo'))
    const asked = requestWith(
      route,
      north.ids,
      spotsOf(route).filter(({ part }) => part === 'query'),
      hostile('echo'),
    )
    const visitors = route.access === 'public' ? [nobody, owner] : [owner, root]
    for (const visitor of visitors)
      for (const request of new Set([plain, echoed, asked])) {
        const answer = await visitor.send(request, asPage)
        if (isBroken(answer.status)) faults.add(`${request.path} answered ${answer.status}`)
        look(`${request.path}`, answer.text)
      }
    look(`fragment ${plain.path}`, (await owner.send(plain, { ...asPage, 'hx-request': 'true' })).text)
    server.clock.advance(2_000)
  }
  for (const tab of ['oee', 'production', 'downtime', 'summary'])
    look(tab, (await owner.send({ method: 'GET', path: `/t/${north.slug}/dashboard?tab=${tab}&lang=en`, body: undefined }, asPage)).text)
  // A form that is shown again has what was typed in it.
  for (const route of server.app.shell.routes.filter(({ method, form, upload }) => method === 'POST' && form && !upload)) {
    const spots = spotsOf(route).filter(({ part, at }) => part === 'body' && !/csrf|password/.test(at[0] ?? ''))
    const request = requestWith(route, north.ids, spots, hostile('typed'))
    const answer = await (route.access === 'public' ? nobody : owner).send(request, asPage)
    if (isBroken(answer.status)) faults.add(`POST ${request.path} answered ${answer.status}`)
    look(`POST ${request.path}`, answer.text)
    if (route.access !== 'public') await owner.recover()
  }
  t.diagnostic(`${pages} pages and fragments, texts of ${seen.size} places seen: ${[...seen].sort().join(' ')}`)
  assert.deepEqual([...faults], [])
  for (const where of ['users.full_name', 'tenants.name', 'api_keys.name', 'invitations.email', 'audit_logs.details', 'echo', 'typed'])
    assert.ok(seen.has(where), `${where} was seen on no page: ${[...seen].join(' ')}`)
})

test('ID-68 nothing that anybody is called becomes markup, a line or a link in a mail', async (t) => {
  const target = await startTarget(t, 'sqlite', { SIGNUP_MODE: 'open', REQUIRE_APPROVAL: '1' })
  const { server, north, owner, nobody } = target
  const { kysely } = server.ctx.db
  await kysely
    .updateTable('tenants')
    .set({ name: `${hostile('tenant')}\r\nBcc: all@example.com` })
    .execute()
  await kysely
    .updateTable('users')
    .set({ full_name: `${hostile('person')}\r\nBcc: all@example.com`, first_name: hostile('first') })
    .execute()
  const post = async (path: string, body: object, visitor = owner) => {
    const { status, text } = await visitor.send({ method: 'POST', path, body })
    assert.ok(status < 300, `${path} answered ${status}: ${text}`)
  }
  const [user = ''] = north.ids.user
  const profile = { first_name: 'Eva', last_name: 'Paz' }
  const register = (username: string) =>
    post(
      '/api/v1/auth/register',
      { username, email: `${username}@example.com`, password: 'Otra123!clave', profile, company_slug: north.slug },
      nobody,
    )
  await post('/api/v1/invitations', { email: 'una@example.com', role: 'VIEWER' })
  await post(`/api/v1/users/${user}/send-reset`, {})
  await post('/api/v1/auth/forgot-password', { email: 'viewer-canarionorte@example.com' }, nobody)
  await register('eva')
  await register('noe')
  await post('/api/v1/users/eva/reject', { reason: hostile('reason') })
  await post('/api/v1/users/noe/approve', {})
  const mails = await waitingMails(server.ctx)
  for (const { template, subject, html, text } of mails) {
    assert.doesNotMatch(html, /<xss/, template)
    assert.doesNotMatch(html, /xss\.\u2060?\w+"'/, template)
    assert.doesNotMatch(subject, /[\r\n]/, template)
    assert.doesNotMatch(text, /^Bcc:/m, template)
  }
  const named = mails.filter(({ html }) => escaped.test(html)).map(({ template }) => template)
  for (const template of ['invitation', 'rejected', 'approved']) assert.ok(named.includes(template as never), `${template}: ${named}`)
})
