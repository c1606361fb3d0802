/** The editor between two requests: opened from what is stored, or from what the form brought; every answer is made of the same model. */

import type { FastifyRequest } from 'fastify'
import { originOf, pageOf } from '../../identity/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { formatInstant, formatText, translator } from '../../platform/i18n/index.ts'
import {
  type DashboardDeps,
  editLayout,
  type LayoutJson,
  layoutHistory,
  previewOf,
  readLayoutJson,
  removeLayout,
} from '../dashboards/index.ts'
import { applyEdit, sizeOf, tabOf, widgetsOf } from './draft.ts'
import { columnsOf, type EditorBody, type PreviewColumns, readEdit, readForm } from './form.ts'
import { type Ground, groundOf, type Opened, openLayout, type Place, standing } from './ground.ts'
import { noSteps, redo, remember, type Steps, undo } from './history.ts'
import { messages } from './messages.ts'
import type { EditorModel, Notice } from './model.ts'
import { nameOf } from './model.ts'

type State = {
  readonly draft: LayoutJson
  readonly steps: Steps
  readonly seenVersion: number
  readonly tab: string
  readonly columns: PreviewColumns
  readonly search: string
  readonly notice: Notice | null
  readonly said: string
}

async function modelOf(
  deps: DashboardDeps,
  request: FastifyRequest,
  ground: Ground,
  place: Place,
  opened: Opened,
  state: State,
): Promise<EditorModel> {
  const page = pageOf(request)
  const { actor, language, timeZone } = ground
  const at = (atMs: number): string => formatInstant(atMs, language, timeZone)
  const versions = await layoutHistory({ ...deps.db, tenantId: actor.tenant.tenantId }, place.owner)
  const { draft, steps, seenVersion, tab, columns, search, notice, said } = state
  return {
    page,
    companySlug: actor.tenant.slug,
    action: page.url(place.action),
    role: place.role,
    layout: {
      draft,
      steps,
      seenVersion,
      step: opened.step,
      isStored: opened.isStored,
      saved: opened.saved && opened.version === seenVersion ? { by: opened.saved.by, at: at(opened.saved.atMs) } : null,
      isDirty: opened.version !== seenVersion || JSON.stringify(draft) !== JSON.stringify(opened.draft),
      warnings: opened.warnings,
    },
    tab,
    columns,
    search,
    catalogue: ground.catalogue,
    entries: ground.entries,
    filters: ground.filters,
    sources: ground.sources,
    // one out of use stays in the tabs that have it
    lines: (ground.plant?.lines ?? [])
      .filter(({ isActive, lineId }) => isActive || draft.tabs.some((one) => one.line_ids?.includes(lineId)))
      .map(({ lineId, lineName }) => ({ id: lineId, name: lineName })),
    history: versions.map(({ version, by, atMs, layout }) => ({
      version,
      by,
      at: at(atMs),
      widgets: readLayoutJson(layout)?.widgets.length ?? null,
      isRemoved: layout === null,
    })),
    preview: await previewOf(deps, request, { page, layout: draft, tab }),
    notice,
    said,
  }
}

const fresh = (opened: Opened, keep: { tab?: string | undefined; columns?: string | undefined }, notice: Notice | null): State => ({
  draft: opened.draft,
  steps: noSteps,
  seenVersion: opened.version,
  tab: opened.draft.tabs.find(({ key }) => key === keep.tab)?.key ?? opened.draft.tabs[0]?.key ?? 'produccion',
  columns: columnsOf(keep.columns),
  search: '',
  notice,
  said: notice?.kind === 'done' ? notice.text : '',
})

export async function openEditor(
  deps: DashboardDeps,
  request: FastifyRequest,
  place: Place,
  asked: { readonly tab?: string | undefined; readonly columns?: string | undefined; readonly done?: string | undefined },
): Promise<EditorModel> {
  const ground = await groundOf(deps, request)
  const opened = await openLayout(deps, ground, place)
  const t = translator(messages, request.language)
  const done = asked.done === 'saved' || asked.done === 'removed' ? ({ kind: 'done', text: t(`done.${asked.done}`) } as const) : null
  return modelOf(deps, request, ground, place, opened, fresh(opened, asked, done))
}

/** `status` is that of the answer; a save that went through may be answered by a redirect. */
export type Answered = { readonly status: number; readonly model: EditorModel; readonly done: 'saved' | 'removed' | null }

export async function answerEdit(deps: DashboardDeps, request: FastifyRequest, place: Place, body: EditorBody): Promise<Answered> {
  const ground = await groundOf(deps, request)
  const t = translator(messages, request.language)
  const sent = readForm(body, ground.catalogue)
  const before = await openLayout(deps, ground, place)
  if (sent === null)
    return { status: 200, done: null, model: await modelOf(deps, request, ground, place, before, fresh(before, body, null)) }

  const [word = '', rest = ''] = (body.do ?? 'apply').split(/:(.*)/s)
  const steps = remember(sent.steps, sent.before, sent.draft)
  const state: State = { ...sent, steps, notice: null, said: '' }
  const answered = async (changed: Partial<State>, status = 200): Promise<Answered> => {
    const next = { ...state, ...changed }
    const tab = next.draft.tabs.some(({ key }) => key === next.tab) ? next.tab : (next.draft.tabs[0]?.key ?? next.tab)
    return { status, done: null, model: await modelOf(deps, request, ground, place, before, { ...next, tab }) }
  }
  const finished = async (done: 'saved' | 'removed'): Promise<Answered> => {
    const after = await openLayout(deps, ground, place)
    const notice = { kind: 'done', text: t(`done.${done}`) } as const
    return { status: 200, done, model: await modelOf(deps, request, ground, place, after, fresh(after, sent, notice)) }
  }

  switch (word) {
    case 'undo':
      return answered({ ...undo(sent.steps, sent.before), said: t('said.done') })
    case 'redo':
      return answered({ ...redo(sent.steps, sent.before), said: t('said.done') })
    case 'show':
      return answered({ tab: rest })
    case 'columns':
      return answered({ columns: columnsOf(rest) })
    case 'search':
      return answered({})
    case 'restore': {
      const versions = await layoutHistory({ ...deps.db, tenantId: ground.actor.tenant.tenantId }, place.owner)
      const former = readLayoutJson(versions.find(({ version }) => String(version) === rest)?.layout)
      if (former === null) return answered({})
      const draft = standing(former, ground)
      const text = t('done.restored', { version: rest })
      return answered({ draft, steps: remember(steps, state.draft, draft), notice: { kind: 'done', text }, said: text })
    }
    case 'save':
    case 'overwrite':
    case 'remove-layout': {
      const seenVersion = word === 'overwrite' ? before.version : sent.seenVersion
      const edit = { seenVersion, origin: originOf(request) }
      try {
        if (word === 'remove-layout') await removeLayout(deps, ground.actor, place.owner, edit)
        else await editLayout(deps, ground.actor, place.owner, { ...edit, layout: sent.draft })
        return await finished(word === 'remove-layout' ? 'removed' : 'saved')
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        return answered({ notice: refusalOf(error, before, ground) }, error.status)
      }
    }
    default: {
      const edit = readEdit(body) ?? ({ kind: 'apply' } as const)
      const draft = applyEdit(sent.draft, edit, sent.tab, ground.catalogue)
      const added = edit.kind === 'tab_add' ? draft.tabs.at(-1)?.key : undefined
      return answered({
        draft,
        steps: remember(steps, sent.draft, draft),
        said: saidOf(draft, edit, ground, t),
        ...(added !== undefined && draft !== sent.draft && { tab: added }),
      })
    }
  }
}

function refusalOf(problem: Problem, { saved }: Opened, { language, timeZone }: Ground): Notice {
  if (problem.code === 'layout_edited_meanwhile')
    return { kind: 'conflict', by: saved?.by ?? null, at: saved ? formatInstant(saved.atMs, language, timeZone) : '—' }
  const fields = problem.options.fields ?? []
  return {
    kind: 'faults',
    faults:
      fields.length === 0
        ? [problem.detail(language)]
        : fields.map(({ path, message, parameters }) => `${path}: ${formatText(message, language, parameters)}`),
  }
}

/** What an edit came to, in words. */
function saidOf(
  draft: LayoutJson,
  edit: ReturnType<typeof readEdit>,
  { entries, catalogue }: Ground,
  t: ReturnType<typeof translator<typeof messages>>,
): string {
  if (edit === null || !('id' in edit)) return edit?.kind === 'apply' ? '' : t('said.done')
  const name = nameOf({ entries }, edit.id)
  const widget = draft.widgets.find(({ widget_id }) => widget_id === edit.id)
  if (!widget) return t('said.remove', { name })
  if (edit.kind === 'resize') return t('said.resize', { name, ...sizeOf(widget, catalogue) })
  if (edit.kind === 'add') return t('said.add', { name })
  const mine = widgetsOf(draft, tabOf(draft, widget, catalogue), catalogue)
  return t('said.move', { name, at: mine.indexOf(widget) + 1, count: mine.length })
}
