/** Why lines stand: failures, each with its incidents below it. */
import { banner, card, emptyState, type Html, html, linkButton, type PageContext } from '../../../platform/ui/index.ts'
import { configurationPage } from '../../configuration/index.ts'
import type { PlantModel } from '../../model/index.ts'
import type { PlantRecord } from '../values.ts'
import { type AskedFor, type Idle, idleCard, removedCard, searchOf } from './list-pages.ts'
import { type Words, wordsOf } from './messages.ts'
import { editingPaths } from './paths.ts'
import { type Asker, originBadge, stateBadge } from './record-page.ts'

export type ReasonsView = {
  /** Failures to be shown, each with the incidents to be shown. */
  readonly tree: readonly { readonly failure: PlantRecord; readonly incidents: readonly PlantRecord[] }[]
  /** Of no failure that there is. */
  readonly orphans: readonly PlantRecord[]
  readonly removed: readonly PlantRecord[]
  readonly idle: readonly Idle[]
  readonly asked: AskedFor
  readonly model: PlantModel
  readonly canManage: boolean
  readonly done: Html | null
}

export function reasonsPage(page: PageContext, actor: Asker, view: ReasonsView): Html {
  const { tree, orphans, removed, idle, asked, model, canManage, done } = view
  const t = wordsOf(page)
  const { slug } = actor.tenant
  const add = linkButton({ label: t('failure.new'), href: page.url(editingPaths.create('failure', slug)), icon: 'add', look: 'primary' })
  const isAsked = asked.q !== '' || asked.state !== ''
  return configurationPage({
    page,
    actor,
    current: 'reasons',
    subtitle: t('reasons.subtitle'),
    actions: add,
    body: html`
      ${done ?? ''}
      ${canManage ? '' : banner({ tone: 'info', body: t('beside') })}
      ${searchOf(page, 'failure', slug, asked, t)}
      ${
        tree.length === 0 && orphans.length === 0
          ? card({
              body: emptyState({
                title: t(isAsked ? 'none.found' : 'none.failure'),
                icon: isAsked ? 'search' : 'help',
                ...(!isAsked && { action: add }),
              }),
            })
          : ''
      }
      ${tree.map(({ failure, incidents }) => failureCard(page, slug, failure, incidents, t))}
      ${orphans.length > 0 ? card({ title: '—', body: incidentList(page, slug, orphans, t) }) : ''}
      ${removedCard(page, slug, model, removed, t)}
      ${idleCard(page, slug, idle, t)}`,
  })
}

function failureCard(page: PageContext, slug: string, failure: PlantRecord, incidents: readonly PlantRecord[], t: Words): Html {
  const { id, values } = failure
  return card({
    id: `failure-${id}`,
    title: String(values.type_failure),
    ...(values.description !== '' && { subtitle: String(values.description) }),
    actions: html`<span class="cluster">${values.is_active === true ? '' : stateBadge(failure, t)}${originBadge(failure, t)}
      ${linkButton({ label: t('edit'), href: page.url(editingPaths.one('failure', slug, id)), icon: 'edit' })}
      ${linkButton({ label: t('incident.new'), href: `${page.url(editingPaths.create('incident', slug))}?failure_id=${id}`, icon: 'add' })}</span>`,
    body: incidents.length === 0 ? html`<p class="muted">${t('none.incident')}</p>` : incidentList(page, slug, incidents, t),
  })
}

const incidentList = (page: PageContext, slug: string, incidents: readonly PlantRecord[], t: Words): Html =>
  html`<ul class="plain-list">${incidents.map(
    (incident) => html`<li><span class="named"><span class="reason-code">${String(incident.values.incident_code)}</span>
      <a class="link" href="${page.url(editingPaths.one('incident', slug, incident.id))}">${String(incident.values.description || incident.values.incident_code)}</a></span>
      <span class="cluster">${incident.values.is_active === true ? '' : stateBadge(incident, t)}${originBadge(incident, t)}</span></li>`,
  )}</ul>`
