/** `/t/{company}/plant/file…` and `/api/v1/plant/configuration…`: a company's configuration as a file. */
import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { originOf, pageOf, requireTenant } from '../../identity/index.ts'
import { type Answer, answer, emptyReply, htmlReply, Problem, rawReply, requireUpload, route, seeOther } from '../../platform/http/index.ts'
import { formatText } from '../../platform/i18n/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import { ConfigurationFile, checkFile, maxFileBytes, parseFile } from './document.ts'
import { filePaths } from './paths.ts'
import { findPending } from './queries.ts'
import {
  applyPending,
  choose,
  chooseFormer,
  exportFile,
  giveUp,
  type ImportDeps,
  importFile,
  type Person,
  pendingOf,
  previewFile,
  undoable,
  undoImport,
} from './service.ts'
import { changesPage, doneWords, filePage } from './views.ts'

const access = 'configure_plant'
const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })
/** Each works the whole configuration through. */
const rate = { bucket: 'configuration-file', perMinute: 30 } as const
const personOf = (request: FastifyRequest): Person => ({ actor: requireTenant(request), origin: originOf(request) })

/** The refusal, and each fault with its place. */
function wordsOf(error: Problem, request: FastifyRequest): string {
  const faults = (error.options.fields ?? [])
    .slice(0, 10)
    .map(({ path, message, parameters }) => `${path}: ${formatText(message, request.language, parameters)}`)
  return [error.detail(request.language), ...faults].join(' · ')
}

async function page(deps: ImportDeps, request: FastifyRequest, refusal: string | null, done: string | undefined): Promise<Html> {
  const { actor } = personOf(request)
  const { tenantId } = actor.tenant
  const timeZone = await deps.plants.withPlant(tenantId, async ({ model }) => model.settings.timeZone)
  return filePage(pageOf(request), actor, {
    done: doneWords.find((word) => word === done) ?? null,
    refusal,
    hasPending: (await findPending({ ...deps.db, tenantId }, actor.userId)) !== null,
    undoable: await undoable(deps, actor),
    timeZone,
  })
}

export function registerConfigurationFile(app: FastifyInstance, deps: ImportDeps): void {
  registerPages(app, deps)
  registerForms(app, deps)
  registerApi(app, deps)
}

function registerPages(app: FastifyInstance, deps: ImportDeps): void {
  const shared = { method: 'GET', access, tags: ['pages'], params: CompanyPath, rate } as const
  route(app, {
    ...shared,
    url: filePaths.page(':company'),
    summary: 'Page: export, import and undo of the configuration',
    query: Type.Object({ done: Type.Optional(Type.String({ maxLength: 20 })) }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) => page(deps, request, null, query.done),
  })
  route(app, {
    ...shared,
    url: filePaths.download(':company'),
    summary: 'The configuration as a file',
    reply: { 200: rawReply('application/json') },
    handler: async ({ request, reply }) => {
      const actor = requireTenant(request)
      const file = await exportFile(deps, actor)
      const name = `andon-${actor.tenant.slug}-${file.exported_at.slice(0, 10)}.json`
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('cache-control', 'no-store')
        .send(`${JSON.stringify(file, null, 2)}\n`)
    },
  })
  route(app, {
    ...shared,
    url: filePaths.preview(':company'),
    summary: 'Page: what the chosen file would change',
    reply: { 200: htmlReply },
    handler: ({ request }) => changes(deps, request, null),
  })
}

async function changes(deps: ImportDeps, request: FastifyRequest, refusal: string | null): Promise<Html | Answer> {
  const person = personOf(request)
  const pending = await pendingOf(deps, person)
  if (!pending) return seeOther(request, filePaths.page(person.actor.tenant.slug))
  const words = refusal ?? (pending.problem ? wordsOf(pending.problem, request) : null)
  return changesPage(pageOf(request), person.actor, { ...pending, refusal: words })
}

function registerForms(app: FastifyInstance, deps: ImportDeps): void {
  const shared = { method: 'POST', access, tags: ['pages'], params: CompanyPath, form: true, rate, reply: { 303: emptyReply } } as const
  const to = (request: FastifyRequest, done: (typeof doneWords)[number]): Answer =>
    seeOther(request, `${filePaths.page(requireTenant(request).tenant.slug)}?done=${done}`)
  const refusing = async (request: FastifyRequest, work: () => Promise<Answer>, show: (words: string) => Promise<Html | Answer>) => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const shown = await show(wordsOf(error, request))
      return 'kind' in (shown as object) ? (shown as Answer) : answer(error.status, shown)
    }
  }
  const onPage = (request: FastifyRequest) => (words: string) => page(deps, request, words, undefined)

  route(app, {
    ...shared,
    url: filePaths.page(':company'),
    summary: 'Form: takes a configuration file and shows what it would change',
    upload: { maxBytes: maxFileBytes, accepts: ['application/octet-stream'] },
    body: Type.Object({}, { default: {} }),
    handler: ({ request }) =>
      refusing(
        request,
        async () => {
          const person = personOf(request)
          const upload = requireUpload(request)
          await choose(deps, person, parseFile((await readFile(upload.path, 'utf8')).replace(/^\uFEFF/, '')))
          return seeOther(request, filePaths.preview(person.actor.tenant.slug))
        },
        onPage(request),
      ),
  })
  route(app, {
    ...shared,
    url: filePaths.apply(':company'),
    summary: 'Form: applies the chosen file, whole or not at all',
    body: Type.Object({ base: Type.Optional(Type.String({ maxLength: 64 })) }, { default: {} }),
    handler: ({ request, body }) =>
      refusing(
        request,
        async () => {
          await applyPending(deps, personOf(request), body.base ?? '')
          return to(request, 'applied')
        },
        (words) => changes(deps, request, words),
      ),
  })
  route(app, {
    ...shared,
    url: filePaths.cancel(':company'),
    summary: 'Form: lets the chosen file go',
    body: Type.Object({}, { default: {} }),
    handler: async ({ request }) => {
      await giveUp(deps, personOf(request))
      return to(request, 'cancelled')
    },
  })
  route(app, {
    ...shared,
    url: filePaths.undo(':company'),
    summary: 'Form: the configuration as it was before the last import',
    body: Type.Object({}, { default: {} }),
    handler: ({ request }) =>
      refusing(
        request,
        async () => {
          const person = personOf(request)
          try {
            await undoImport(deps, person)
          } catch (error) {
            if (!(error instanceof Problem && error.code === 'configuration_edited_since')) throw error
            await chooseFormer(deps, person)
            return seeOther(request, filePaths.preview(person.actor.tenant.slug))
          }
          return to(request, 'undone')
        },
        onPage(request),
      ),
  })
}

const Changes = Type.Array(
  Type.Object({
    section: Type.String(),
    kind: Type.Union([Type.Literal('added'), Type.Literal('changed'), Type.Literal('removed')]),
    name: Type.String(),
    fields: Type.Array(Type.Object({ field: Type.String(), before: Type.Unknown(), after: Type.Unknown() })),
  }),
)
const given = Type.Unknown({ description: 'A configuration file, as exported' })
const base = Type.Optional(
  Type.String({ maxLength: 64, description: 'Of a preview: refused with 409 when the configuration changed since' }),
)

function registerApi(app: FastifyInstance, deps: ImportDeps): void {
  const url = '/api/v1/plant/configuration'
  const tags = ['plant']
  route(app, {
    method: 'GET',
    url,
    access,
    summary: 'The configuration as a file: no secrets, no people',
    tags,
    rate,
    reply: { 200: ConfigurationFile },
    handler: ({ request }) => exportFile(deps, requireTenant(request)),
  })
  route(app, {
    method: 'POST',
    url: `${url}/preview`,
    access,
    summary: 'What a configuration file would change; writes nothing',
    tags,
    rate,
    body: Type.Object({ file: given }),
    reply: { 200: Type.Object({ base: Type.String(), changes: Changes }) },
    handler: async ({ request, body }) => {
      const { base: stamp, changes: list } = await previewFile(deps, personOf(request), checkFile(body.file))
      return { base: stamp, changes: list.map((change) => ({ ...change, fields: [...change.fields] })) }
    },
  })
  route(app, {
    method: 'POST',
    url: `${url}/import`,
    access,
    summary: 'Applies a configuration file, whole or not at all',
    tags,
    rate,
    body: Type.Object({ file: given, base }),
    reply: { 200: Type.Object({ changes: Type.Integer() }) },
    handler: async ({ request, body }) => ({ changes: await importFile(deps, personOf(request), checkFile(body.file), body.base ?? null) }),
  })
  route(app, {
    method: 'POST',
    url: `${url}/undo`,
    access,
    summary: 'The configuration as it was before the last import of 30 days',
    tags,
    rate,
    body: Type.Object({}, { default: {} }),
    reply: { 200: Type.Object({ changes: Type.Integer() }) },
    handler: async ({ request }) => ({ changes: await undoImport(deps, personOf(request)) }),
  })
}
