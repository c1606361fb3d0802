/** Pages of external sources. */
import { translator } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  button,
  card,
  csrf,
  emptyState,
  field,
  type Html,
  html,
  hx,
  linkButton,
  type PageContext,
  select,
  table,
  toggle,
} from '../../platform/ui/index.ts'
import { type Asker, configurationPage } from '../configuration/index.ts'
import type { SourceAnswer } from './answer.ts'
import { previewOf } from './answer.ts'
import { longestMap } from './map.ts'
import { messages } from './messages.ts'
import { sourcePaths } from './paths.ts'
import type { StoredSource } from './queries.ts'
import { authTypes, longest, mask, methods, type Names } from './source.ts'

const words = (page: PageContext) => translator(messages, page.language)

export type ListView = {
  readonly sources: readonly StoredSource[]
  readonly note: Html | null
  /** What was typed into the import, when it was refused. */
  readonly text: string
}

export function listPage(page: PageContext, actor: Asker, { sources, note, text }: ListView): Html {
  const t = words(page)
  const { slug } = actor.tenant
  const at = (path: string) => page.url(path)
  const list =
    sources.length === 0
      ? emptyState({ title: t('none'), detail: t('none.detail'), icon: 'inbox' })
      : table({
          id: 'sources',
          caption: t('list.title'),
          language: page.language,
          isStacked: true,
          columns: [
            { key: 'name', label: t('name') },
            { key: 'key', label: t('key') },
            { key: 'url', label: t('base_url'), isSortable: false },
            { key: 'state', label: t('state') },
            { key: 'open', label: t('open'), isSortable: false },
          ],
          rows: sources.map((source) => ({
            key: source.key,
            cells: [
              { content: source.name },
              { content: html`<code>${source.key}</code>` },
              { content: html`<span class="break-words">${source.baseUrl}</span>` },
              { content: badge({ label: t(source.isEnabled ? 'on' : 'off'), tone: source.isEnabled ? 'success' : 'neutral' }) },
              {
                content: html`<a class="btn btn--secondary" href="${at(sourcePaths.one(slug, source.key))}" aria-label="${t('open.of', { name: source.name })}">${t('open')}</a>`,
              },
            ],
          })),
        })
  return configurationPage({
    page,
    actor,
    current: 'sources',
    subtitle: t('subtitle'),
    actions: linkButton({ label: t('add'), href: at(sourcePaths.fresh(slug)), look: 'primary', icon: 'add' }),
    body: html`
      ${note ?? ''}
      ${card({ title: t('list.title'), body: list })}
      ${card({
        title: t('import'),
        subtitle: t('import.hint'),
        body: html`<form class="stack" method="post" action="${at(sourcePaths.import(slug))}" data-busy="${t('busy')}">${csrf(page)}
          <div class="field"><label class="field__label" for="f-map">${t('import.text')}</label><textarea class="input mono" id="f-map" name="map" rows="6" maxlength="${longestMap}" spellcheck="false" required placeholder="clima:&#10;  base_url: https://api.example.com/clima">${text}</textarea></div>
          <div class="cluster">${button({ label: t('import.submit') })}</div></form>`,
      })}`,
  })
}

/** What was typed, or what is stored with its secrets masked. */
export type SourceForm = Readonly<Record<string, string>>

const masked = (names: Names): string =>
  Object.keys(names)
    .map((name) => `${name}: ${mask}`)
    .join('\n')

export const formOf = (source: StoredSource | null): SourceForm => ({
  key: source?.key ?? '',
  name: source?.name ?? '',
  base_url: source?.baseUrl ?? '',
  method: source?.method ?? 'GET',
  timeout: String(source?.timeoutS ?? 10),
  auth_type: source?.authType ?? 'none',
  auth_secret: '',
  auth_env_var: source?.authVariable ?? '',
  headers: masked(source?.hidden.headers ?? {}),
  params: masked(source?.hidden.params ?? {}),
  body: source?.hidden.body == null ? '' : mask,
  response_key: source?.responseKey ?? '',
  cache_ttl: String(source?.cacheTtlS ?? 60),
  enabled: source?.isEnabled === false ? '0' : '1',
})

export type SourceView = {
  /** Null: a new one. */
  readonly source: StoredSource | null
  readonly form: SourceForm
  readonly errors: Readonly<Record<string, string>>
  readonly refusal: string | null
  readonly done: 'saved' | null
  readonly answer: SourceAnswer | null
}

export function sourcePage(page: PageContext, actor: Asker & { readonly tenant: { readonly tenantId: number } }, view: SourceView): Html {
  const t = words(page)
  const { slug, tenantId } = actor.tenant
  const { source, form, errors, refusal, done } = view
  const action = page.url(source ? sourcePaths.one(slug, source.key) : sourcePaths.fresh(slug))
  const input = (name: keyof typeof messages & string, more: Partial<Parameters<typeof field>[0]> = {}) =>
    field({ name, label: t(name), value: form[name] ?? '', error: errors[name], autocomplete: 'off', ...more })
  const area = (name: 'headers' | 'params' | 'body', hint?: string) => html`
    <div class="field ${errors[name] ? 'field--invalid' : ''}"><label class="field__label" for="f-${name}">${t(name)}</label>
      <textarea class="input mono" id="f-${name}" name="${name}" rows="3" maxlength="${longest.body}" spellcheck="false"${errors[name] ? html` aria-invalid="true"` : ''}>${form[name] ?? ''}</textarea>
      ${errors[name] ? html`<p class="field__error">${errors[name]}</p>` : ''}${hint ? html`<p class="field__hint">${hint}</p>` : ''}</div>`
  const hasMore = ['headers', 'params', 'body'].some((name) => form[name] || errors[name])
  const body = html`
    ${done ? banner({ tone: 'success', body: t('done.saved') }) : ''}
    ${refusal ? banner({ tone: 'danger', title: t('refused'), body: refusal }) : ''}
    ${card({
      body: html`<form class="stack" method="post" action="${action}" data-busy="${t('busy')}">${csrf(page)}
        ${source ? html`<input type="hidden" name="version" value="${source.version}">` : ''}
        <div class="form-grid">
          ${input('name', { maxLength: longest.name, isRequired: true })}
          ${source ? '' : input('key', { hint: t('key.hint'), maxLength: 50, isRequired: true, error: errors.id })}
        </div>
        ${input('base_url', { hint: t('base_url.hint'), type: 'url', maxLength: longest.url, isRequired: true })}
        <div class="form-grid">
          ${select({ name: 'method', label: t('method'), options: methods.map((value) => ({ value, label: value })), value: form.method ?? 'GET', error: errors.method })}
          ${input('timeout', { type: 'number', min: 1, max: longest.timeoutS, unit: 's' })}
          ${input('cache_ttl', { type: 'number', min: 0, max: longest.cacheTtlS, unit: 's', hint: t('cache_ttl.hint') })}
          ${input('response_key', { hint: t('response_key.hint'), maxLength: longest.path })}
        </div>
        <div class="form-grid">
          ${select({ name: 'auth_type', label: t('auth_type'), options: authTypes.map((value) => ({ value, label: t(`auth.${value}`) })), value: form.auth_type ?? 'none', error: errors.auth_type })}
          ${input('auth_secret', { type: 'password', hint: t('auth_secret.hint'), maxLength: longest.value, autocomplete: 'new-password', ...(source?.hidden.secret != null && { placeholder: mask }) })}
          ${input('auth_env_var', { hint: t('auth_env_var.hint', { number: tenantId }), maxLength: 100 })}
        </div>
        <details class="disclosure"${hasMore ? html` open` : ''}><summary>${t('more')}</summary><div class="stack">
          ${area('headers', t('names.hint', { mask }))}${area('params', t('names.hint', { mask }))}${area('body')}</div></details>
        ${toggle({ name: 'enabled', label: t('enabled'), isOn: form.enabled !== '0' })}
        <div class="cluster">${button({ label: t('save'), look: 'primary' })}${linkButton({ label: t('back'), href: page.url(sourcePaths.list(slug)), look: 'quiet' })}</div>
      </form>`,
    })}
    ${source ? testCard(page, slug, source, view.answer) : ''}
    ${
      source
        ? card({
            body: html`<details class="disclosure disclosure--first"><summary>${t('remove')}</summary>
              <form class="stack" method="post" action="${page.url(sourcePaths.remove(slug, source.key))}">${csrf(page)}<p class="muted">${t('remove.hint')}</p>
                <div class="cluster">${button({ label: t('remove.submit'), look: 'danger' })}</div></form></details>`,
          })
        : ''
    }`
  return configurationPage({ page, actor, current: 'sources', title: source ? source.name : t('add'), subtitle: t('subtitle'), body })
}

/** `#source-test`: also what a test answers with. */
export function testCard(page: PageContext, slug: string, source: StoredSource, answer: SourceAnswer | null): Html {
  const t = words(page)
  const action = page.url(sourcePaths.test(slug, source.key))
  return card({
    id: 'source-test',
    title: t('test.title'),
    subtitle: t('test.hint'),
    body: html`<div class="stack">
      <form method="post" action="${action}" data-busy="${t('busy')}"${hx(page, { post: action, target: '#source-test', swap: 'outerHTML' })}>${csrf(page)}<div class="cluster">${button({ label: t('test'), id: 'source-test-go', icon: 'play_arrow', isDisabled: !source.isEnabled })}</div></form>
      ${answer ? result(page, answer) : ''}</div>`,
  })
}

function result(page: PageContext, { ok, status, data, error }: SourceAnswer): Html {
  const t = words(page)
  if (!ok) return banner({ tone: 'danger', title: t('test.failed'), body: error?.[page.language] ?? '' })
  const { preview, truncated } = previewOf(data)
  return html`${banner({ tone: 'success', body: t('test.ok', { status: status ?? '' }) })}
    <pre class="code" tabindex="0" aria-label="${t('test.preview')}">${JSON.stringify(preview, null, 2)}</pre>
    ${truncated ? html`<p class="muted small">${t('test.truncated')}</p>` : ''}`
}
