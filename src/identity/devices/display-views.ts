/** Pages of the company's screens, and the page that a screen is paired on. */
import { formatInstant, translator } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  button,
  card,
  centeredPage,
  copyField,
  csrf,
  emptyState,
  field,
  type Html,
  html,
  linkButton,
  multiSelect,
  type NavItem,
  type PageContext,
  pageHead,
  select,
  shell,
  table,
} from '../../platform/ui/index.ts'
import { type Display, displayPages, type Pairing, shownCode } from '../displays/index.ts'
import { qrImage } from '../mfa/index.ts'
import { identityPaths } from '../paths.ts'
import type { PlantLine } from './display-pages.ts'
import { roomy } from './key-views.ts'
import { deviceMessages } from './messages.ts'

const words = (page: PageContext) => translator(deviceMessages, page.language)

export type DisplayForm = {
  readonly name: string
  /** Numbers with commas between. */
  readonly lines: string
  readonly page: string
  readonly idleDays: string
  readonly errors: Readonly<Record<string, string>>
  readonly refusal: string | null
}

type Place = { readonly company: string; readonly nav: readonly NavItem[] }
type Lines = { readonly lines: readonly PlantLine[] }

export type DisplaysPage = Place &
  Lines & {
    readonly displays: readonly Display[]
    readonly form: DisplayForm
    readonly done: 'changed' | 'revoked' | null
    readonly nowMs: number
    readonly timeZone: string
  }

export function displaysPage(page: PageContext, model: DisplaysPage): Html {
  const t = words(page)
  const here = page.url(identityPaths.displays({ company: model.company }))
  const body = html`
    ${pageHead({ title: t('displays.title'), subtitle: t('displays.lead') })}
    <div class="stack">
      ${model.done ? banner({ tone: 'success', body: t(`displays.done.${model.done}`) }) : ''}
      ${card({ body: model.displays.length === 0 ? emptyState({ title: t('displays.none'), detail: t('displays.none.detail'), icon: 'tv' }) : displayTable(page, model, here) })}
      ${card({ title: t('displays.new'), id: 'new', body: displayForm(page, `${here}#new`, model, t('displays.create')) })}
    </div>`
  return shell({ page, title: t('displays.title'), nav: model.nav, body })
}

function stateOf(display: Display, nowMs: number) {
  if (display.isPaired) return { word: 'paired', tone: 'success' } as const
  return (display.pairingExpiresAtMs ?? 0) > nowMs
    ? ({ word: 'waiting', tone: 'info' } as const)
    : ({ word: 'unpaired', tone: 'neutral' } as const)
}

function displayTable(page: PageContext, { displays, lines, nowMs, timeZone }: DisplaysPage, here: string): Html {
  const t = words(page)
  const names = new Map(lines.map(({ lineId, name }) => [lineId, name]))
  const rows = displays.map((display) => {
    const { word, tone } = stateOf(display, nowMs)
    const seen = display.lastSeenAtMs
    return {
      key: display.uuid,
      cells: [
        { content: display.name },
        { content: badge({ label: t(`displays.state.${word}`), tone }) },
        { content: seen === null ? t('never') : formatInstant(seen, page.language, timeZone), sort: seen ?? 0 },
        { content: t(`displays.page.${display.page}`) },
        { content: html`<span class="break-words">${display.lastPage ?? '—'}</span>` },
        { content: display.lineIds?.map((id) => names.get(id) ?? id).join(', ') ?? t('displays.lines.all') },
        {
          content: html`<div class="row-actions"><a class="btn btn--quiet" href="${here}/${display.uuid}" aria-label="${t('displays.edit_of', { name: display.name })}">${t('displays.edit')}</a></div>`,
        },
      ],
    }
  })
  const columns = ['name', 'state', 'seen', 'page', 'last_page', 'lines'] as const
  return table({
    id: 'displays',
    caption: t('displays.title'),
    language: page.language,
    isStacked: true,
    columns: [...columns.map((key) => ({ key, label: t(`displays.${key}`) })), { key: 'actions', label: t('actions'), isSortable: false }],
    rows,
  })
}

function displayForm(page: PageContext, action: string, { form, lines }: Lines & { readonly form: DisplayForm }, label: string): Html {
  const t = words(page)
  return html`
    ${form.refusal === null ? '' : banner({ tone: 'danger', body: form.refusal })}
    <form class="stack" method="post" action="${action}">
      ${csrf(page)}
      ${field({ name: 'name', label: t('displays.name'), value: form.name, maxLength: 100, isRequired: true, hint: t('displays.name.hint'), error: form.errors.name, autocomplete: 'off' })}
      ${select({ name: 'page', label: t('displays.page'), value: form.page || 'dashboard', options: displayPages.map((each) => ({ value: each, label: t(`displays.page.${each}`) })), hint: t('displays.page.hint'), error: form.errors.page })}
      ${lineField(page, form, lines)}
      ${field({ name: 'idle_days', label: t('displays.idle'), type: 'number', min: 1, max: 3650, value: form.idleDays, hint: t('displays.idle.hint'), error: form.errors.idle_days })}
      <div class="cluster">${button({ label, look: 'primary' })}</div>
    </form>`
}

/** Names to choose from; numbers to type while the plant cannot say what it has. A line that is gone stays chosen until somebody takes it away. */
function lineField(page: PageContext, form: DisplayForm, lines: readonly PlantLine[]): Html {
  const t = words(page)
  const label = t('displays.lines')
  if (lines.length === 0)
    return field({
      name: 'lines',
      label,
      value: form.lines,
      maxLength: 1000,
      hint: t('displays.lines.typed'),
      error: form.errors.lines,
      autocomplete: 'off',
    })
  const chosen = form.lines.split(/[\s,;]+/).filter((word) => word !== '')
  const known = lines.map(({ lineId, name }) => ({ value: String(lineId), label: name }))
  const gone = chosen.filter((id) => !known.some(({ value }) => value === id)).map((id) => ({ value: id, label: id }))
  return multiSelect({
    name: 'lines',
    label,
    options: [...known, ...gone],
    values: chosen,
    allLabel: t('displays.lines.all'),
    hint: t('displays.lines.hint'),
    error: form.errors.lines,
    language: page.language,
  })
}

export function displayPage(
  page: PageContext,
  { company, nav, lines, display, form }: Place & Lines & { readonly display: Display; readonly form: DisplayForm },
): Html {
  const t = words(page)
  const list = page.url(identityPaths.displays({ company }))
  const here = `${list}/${display.uuid}`
  const body = html`
    <p class="crumb"><a class="link" href="${list}">‹ ${t('back')}</a></p>
    ${pageHead({ title: display.name })}
    <div class="stack">
      ${card({ body: displayForm(page, here, { form, lines }, t('displays.save')) })}
      ${card({
        body: html`
          <div class="cluster">
            <form method="post" action="${here}/pairing">${csrf(page)}${button({ label: t('displays.pair'), icon: 'tv' })}</form>
            <a class="btn btn--danger" href="${here}/revoke"><span>${t('displays.revoke')}</span></a>
          </div>`,
      })}
    </div>`
  return shell({ page, title: display.name, nav, body })
}

export function pairingPage(
  page: PageContext,
  model: Place & { readonly display: Display; readonly pairing: Pairing; readonly address: string; readonly link: string },
): Html {
  const t = words(page)
  const title = t('displays.pair.title', { name: model.display.name })
  const body = html`
    ${pageHead({ title })}
    ${roomy({
      body: html`
        <p>${t('displays.pair.code', { url: model.address })}</p>
        <p class="pair-code">${shownCode(model.pairing.code)}</p>
        <p>${t('displays.pair.link')}</p>
        ${copyField({ id: 'link', label: t('displays.pair.link_label'), value: model.link, language: page.language })}
        <img class="qr" src="${qrImage(model.link)}" width="200" height="200" alt="${t('displays.pair.qr')}">
        <p class="field__hint">${t('displays.pair.life')}</p>
        <div class="cluster">${linkButton({ label: t('displays.pair.done'), href: page.url(identityPaths.displays({ company: model.company })), look: 'primary' })}</div>`,
    })}`
  return shell({ page, title, nav: model.nav, body })
}

export type ScreenForm = {
  readonly csrfToken: string
  /** What the link that was opened stands for; null: a code is asked for. */
  readonly offered: { readonly name: string; readonly company: string } | null
  readonly refusal: string | null
}

/** On the television: one button after a link, one field for a code. */
export function screenPage(page: PageContext, { csrfToken, offered, refusal }: ScreenForm): Html {
  const t = words(page)
  const here = page.url(identityPaths.screen())
  const hidden = csrf({ csrfToken })
  const body = html`
    <h1>${t('screen.title')}</h1>
    ${refusal === null ? '' : banner({ tone: 'danger', body: refusal })}
    ${
      offered
        ? html`
          <p>${t('screen.as', { name: offered.name, company: offered.company })}</p>
          <form class="stack" method="post" action="${here}">${hidden}<button class="btn btn--primary btn--wide" type="submit" autofocus><span>${t('screen.start')}</span></button></form>
          <p class="alone__links"><a href="${here}?use=code">${t('screen.other_code')}</a></p>`
        : html`
          <p>${t('screen.lead')}</p>
          <form class="stack" method="post" action="${here}">
            ${hidden}
            ${field({ name: 'code', label: t('screen.code'), maxLength: 12, isRequired: true, hasAutofocus: true, autocomplete: 'off' })}
            ${button({ label: t('screen.pair'), look: 'primary', isWide: true })}
          </form>
          <p class="alone__links"><a href="${page.url(identityPaths.login())}">${t('screen.person')}</a></p>`
    }`
  return centeredPage({ page, title: t('screen.title'), body, isGlass: true })
}
