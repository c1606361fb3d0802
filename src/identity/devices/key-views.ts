/** Pages of the company's API keys. */
import { formatInstant, translator } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  button,
  card,
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
  pager,
  shell,
  table,
} from '../../platform/ui/index.ts'
import type { ListedKey } from '../keys/index.ts'
import { identityPaths } from '../paths.ts'
import { permissionNames } from '../permission-names.ts'
import type { Permission } from '../permissions.ts'
import { deviceMessages } from './messages.ts'

export type KeyForm = {
  readonly name: string
  readonly scopes: readonly string[]
  readonly allowedIps: string
  readonly perMinute: string
  readonly expires: string
  readonly errors: Readonly<Record<string, string>>
  readonly refusal: string | null
}

export type KeysPage = {
  readonly company: string
  readonly nav: readonly NavItem[]
  readonly keys: readonly ListedKey[]
  readonly paging: { readonly page: number; readonly pages: number; readonly total: number }
  /** Codes that the person may give. */
  readonly grantable: readonly string[]
  readonly form: KeyForm
  readonly wasRevoked: boolean
  readonly nowMs: number
  readonly timeZone: string
}

const words = (page: PageContext) => translator(deviceMessages, page.language)
/** A code that is no permission any more is shown as it is. */
const scopeName = (code: string, page: PageContext): string => permissionNames[code as Permission]?.[page.language] ?? code
/** A card whose parts stand apart. */
export const roomy = (parts: Parameters<typeof card>[0]): Html => card({ ...parts, body: html`<div class="stack">${parts.body}</div>` })
export function keysPage(page: PageContext, model: KeysPage): Html {
  const t = words(page)
  const here = page.url(identityPaths.apiKeys({ company: model.company }))
  const body = html`
    ${pageHead({ title: t('keys.title'), subtitle: t('keys.lead') })}
    <div class="stack">
      ${model.wasRevoked ? banner({ tone: 'success', body: t('keys.revoked') }) : ''}
      ${card({ body: model.keys.length === 0 ? emptyState({ title: t('keys.none'), detail: t('keys.none.detail'), icon: 'key' }) : keyTable(page, model) })}
      ${card({ title: t('keys.new'), id: 'new', body: keyForm(page, model, here) })}
    </div>`
  return shell({ page, title: t('keys.title'), nav: model.nav, body })
}

function keyTable(page: PageContext, { company, keys, nowMs, timeZone, paging }: KeysPage): Html {
  const t = words(page)
  const here = page.url(identityPaths.apiKeys({ company }))
  const at = (atMs: number | null) => ({
    content: atMs === null ? t('never') : formatInstant(atMs, page.language, timeZone),
    sort: atMs ?? 0,
  })
  const until = (atMs: number | null) =>
    atMs === null ? '' : html`<span class="cell-sub">${t('keys.until', { date: formatInstant(atMs, page.language, timeZone) })}</span>`
  const rows = keys.map((key) => {
    const state = key.revokedAtMs !== null ? 'revoked' : key.expiresAtMs !== null && key.expiresAtMs <= nowMs ? 'expired' : 'active'
    return {
      key: key.uuid,
      cells: [
        { content: html`<span>${key.name}<code class="cell-sub">andon_${key.prefix}_…</code></span>`, sort: key.name },
        { content: key.scopes.map((code) => scopeName(code, page)).join(', ') },
        {
          content: html`<span>${badge({ label: t(`keys.state.${state}`), tone: state === 'active' ? 'success' : 'neutral' })}${until(key.expiresAtMs)}</span>`,
          sort: state,
        },
        at(key.lastUsedAtMs),
        { content: key.createdBy },
        {
          content:
            state === 'revoked'
              ? ''
              : html`<div class="row-actions"><a class="btn btn--quiet" href="${here}/${key.uuid}/revoke" aria-label="${t('keys.revoke_of', { name: key.name })}">${t('keys.revoke')}</a></div>`,
        },
      ],
    }
  })
  const columns = ['name', 'scopes', 'state', 'last_used', 'created_by'] as const
  return html`
    ${table({
      id: 'keys',
      caption: t('keys.title'),
      language: page.language,
      isStacked: true,
      columns: [
        ...columns.map((key) => ({ key, label: t(`keys.${key}`), isSortable: key !== 'scopes' })),
        { key: 'actions', label: t('actions'), isSortable: false },
      ],
      rows,
    })}
    ${pager({ ...paging, language: page.language, href: (number) => `${here}?page=${number}` })}`
}

function keyForm(page: PageContext, { grantable, form }: KeysPage, here: string): Html {
  const t = words(page)
  return html`
    ${form.refusal === null ? '' : banner({ tone: 'danger', body: form.refusal })}
    <form class="stack" method="post" action="${here}#new">
      ${csrf(page)}
      ${field({ name: 'name', label: t('keys.name'), value: form.name, maxLength: 100, isRequired: true, hint: t('keys.name.hint'), error: form.errors.name, autocomplete: 'off' })}
      ${multiSelect({
        name: 'scopes',
        label: t('keys.scopes'),
        allLabel: t('keys.scopes.choose'),
        language: page.language,
        values: form.scopes,
        options: grantable.map((code) => ({ value: code, label: scopeName(code, page) })),
        error: form.errors.scopes,
      })}
      ${field({ name: 'allowed_ips', label: t('keys.ips'), value: form.allowedIps, maxLength: 1000, hint: t('keys.ips.hint'), error: form.errors.allowed_ips, autocomplete: 'off' })}
      ${field({ name: 'rate_limit_per_minute', label: t('keys.rate'), type: 'number', min: 1, max: 6000, value: form.perMinute, isRequired: true, error: form.errors.rate_limit_per_minute })}
      ${field({ name: 'expires_at', label: t('keys.expires'), type: 'date', value: form.expires, hint: t('keys.expires.hint'), error: form.errors.expires_at })}
      <div class="cluster">${button({ label: t('keys.create'), look: 'primary', icon: 'key' })}</div>
    </form>`
}

export function madeKeyPage(
  page: PageContext,
  model: { readonly company: string; readonly nav: readonly NavItem[]; readonly key: string },
): Html {
  const t = words(page)
  const here = page.url(identityPaths.apiKeys({ company: model.company }))
  const body = html`
    ${pageHead({ title: t('keys.made.title') })}
    ${roomy({
      body: html`
        <p>${t('keys.made.lead')}</p>
        ${copyField({ id: 'key', label: t('keys.made.label'), value: model.key, language: page.language })}
        <div class="cluster">${linkButton({ label: t('keys.made.done'), href: here, look: 'primary', icon: 'check' })}</div>`,
    })}`
  return shell({ page, title: t('keys.made.title'), nav: model.nav, body })
}

export type Confirmation = {
  readonly nav: readonly NavItem[]
  readonly title: string
  readonly detail: string
  readonly label: string
  readonly action: string
  readonly cancel: string
}

/** A question before what cannot be undone. Addresses come with BASE_PATH. */
export function confirmationPage(page: PageContext, { nav, title, detail, label, action, cancel }: Confirmation): Html {
  const t = words(page)
  const body = html`
    ${pageHead({ title })}
    ${roomy({
      body: html`
        <p>${detail}</p>
        <form class="cluster" method="post" action="${action}">${csrf(page)}${button({ label, look: 'danger', icon: 'block' })}${linkButton({ label: t('cancel'), href: cancel })}</form>`,
    })}`
  return shell({ page, title, nav, body })
}
