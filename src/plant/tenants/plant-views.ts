/** A company's plant on its page: attached, given, its account changed, detached. */
import { banner, button, csrf, field, type Html, html, linkButton, type PageContext, select } from '../../platform/ui/index.ts'
import { performanceUnits } from '../model/index.ts'
import type { Fields, Words } from './parts.ts'
import { tenantPaths } from './paths.ts'
import type { PlantState } from './plant.ts'

export type PlantView = {
  readonly tenant: { readonly name: string; readonly slug: string }
  readonly timeZone: string | null
  readonly performanceUnit: string
  readonly plant: PlantState
  /** Of the form that was refused. */
  readonly form: {
    readonly name: 'attach' | 'rotate' | 'detach' | null
    readonly values: Fields
    readonly errors: Fields
    readonly refusal: string | null
  }
}

export function plantPart(page: PageContext, view: PlantView, t: Words): Html {
  const { plant } = view
  if (plant.kind === 'none')
    return html`<div class="stack"><p>${t('plant.none')}</p>${attachForm(page, view, t)}</div>${ownForm(page, view, t)}`
  if (plant.kind === 'sealed')
    return html`<div class="stack">${banner({ tone: 'danger', body: t('plant.sealed') })}${attachForm(page, view, t)}</div>${ownForm(page, view, t)}${detachForm(page, view, t)}`
  const verify = linkButton({
    label: t('verify'),
    href: `${page.url(tenantPaths.one({ ref: view.tenant.slug }))}?verify=1#verification`,
    icon: 'verified',
  })
  const facts: readonly (readonly [string, string])[] = [
    [t('address'), plant.isOwn ? t('own') : plant.address],
    [t('mode'), t(plant.canManage ? 'mode.managed' : 'mode.read')],
    [t('time_zone'), view.timeZone ?? '—'],
    [t('performance_unit'), t(`unit.${view.performanceUnit}` as 'unit.percent')],
  ]
  return html`<div class="stack">
    <dl class="facts">${facts.map(([label, value]) => html`<dt>${label}</dt><dd class="break-words">${value}</dd>`)}</dl>
    <div class="cluster">${verify}</div>
    ${plant.hasAccount ? rotateForm(page, view, t) : ''}${detachForm(page, view, t)}
  </div>`
}

const unitOptions = (t: Words) => performanceUnits.map((unit) => ({ value: unit, label: t(`unit.${unit}`) }))

function attachForm(page: PageContext, { tenant, form, timeZone, performanceUnit }: PlantView, t: Words): Html {
  const { values, errors } = form
  return html`<form class="stack" method="post" action="${page.url(tenantPaths.attach({ ref: tenant.slug }))}">
    ${csrf(page)}
    ${field({ name: 'url', label: t('url'), type: 'password', hint: t('url.hint'), maxLength: 2000, isRequired: true, autocomplete: 'off', error: errors.url })}
    <div class="form-grid">
      ${select({
        name: 'mode',
        label: t('mode'),
        value: values.mode ?? 'read',
        hint: t(values.mode === 'managed' ? 'mode.managed.hint' : 'mode.read.hint'),
        options: [
          { value: 'read', label: t('mode.read') },
          { value: 'managed', label: t('mode.managed') },
        ],
      })}
      ${field({ name: 'timezone', label: t('time_zone'), value: values.timezone ?? timeZone ?? '', hint: t('time_zone.hint'), maxLength: 60, isRequired: true, autocomplete: 'off', error: errors.timezone })}
      ${select({ name: 'performance_unit', label: t('performance_unit'), value: values.performance_unit ?? performanceUnit, options: unitOptions(t) })}
    </div>
    <div class="cluster">${button({ label: t('attach.submit'), look: 'primary', icon: 'database' })}</div>
  </form>`
}

const ownForm = (page: PageContext, { tenant }: PlantView, t: Words): Html => html`
  <form class="stack form-apart" method="post" action="${page.url(tenantPaths.own({ ref: tenant.slug }))}">
    ${csrf(page)}<p class="muted">${t('own.hint')}</p>
    <div class="cluster">${button({ label: t('own.submit') })}</div>
  </form>`

const rotateForm = (page: PageContext, { tenant, form }: PlantView, t: Words): Html => html`
  <details class="disclosure" id="rotate"${form.name === 'rotate' ? html` open` : ''}>
    <summary>${t('rotate')}</summary>
    <form class="stack" method="post" action="${page.url(tenantPaths.rotate({ ref: tenant.slug }))}">
      ${csrf(page)}<p class="muted">${t('rotate.hint')}</p>
      <div class="form-grid">
        ${field({ name: 'user', id: 'rotate-user', label: t('rotate.user'), value: form.values.user ?? '', maxLength: 200, isRequired: true, autocomplete: 'off', error: form.errors.user })}
        ${field({ name: 'password', id: 'rotate-password', label: t('rotate.password'), type: 'password', maxLength: 500, autocomplete: 'new-password' })}
      </div>
      <div class="cluster">${button({ label: t('rotate.submit'), look: 'primary', icon: 'key' })}</div>
    </form>
  </details>`

const detachForm = (page: PageContext, { tenant, form }: PlantView, t: Words): Html => html`
  <details class="disclosure" id="detach"${form.name === 'detach' ? html` open` : ''}>
    <summary>${t('detach')}</summary>
    <form class="stack" method="post" action="${page.url(tenantPaths.detach({ ref: tenant.slug }))}">
      ${csrf(page)}<p class="muted">${t('detach.hint', { name: tenant.name })}</p>
      ${field({ name: 'confirmation', label: t('detach.name'), value: form.values.confirmation ?? '', maxLength: 200, isRequired: true, autocomplete: 'off', error: form.errors.confirmation })}
      <div class="cluster">${button({ label: t('detach'), look: 'danger', icon: 'delete' })}</div>
    </form>
  </details>`
