/** The MQTT page: how it stands, what came, what was refused, and the settings. */
import { formatInstant, formatNumber, type Text, translator } from '../../platform/i18n/index.ts'
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
  type PageContext,
  table,
  toggle,
} from '../../platform/ui/index.ts'
import { type Asker, configurationPage, configurationPaths, sectionName } from '../configuration/index.ts'
import type { BrokerForm, Connection } from './connection.ts'
import type { ReadMessage } from './message.ts'
import { messages } from './messages.ts'
import { mqttPaths } from './paths.ts'
import type { Noted } from './queries.ts'
import { longest, type RuleField, ruleFields, type TopicRule } from './rule.ts'
import type { Tried } from './service.ts'

type Words = ReturnType<typeof translator<typeof messages>>
const wordsOf = (page: PageContext): Words => translator(messages, page.language)

export type NowView = {
  readonly connection: Connection | null
  readonly isHeld: boolean
  readonly last: readonly Noted[]
  readonly timeZone: string
}

export type MqttView = NowView & {
  readonly refusedMessages: readonly Noted[]
  readonly done: boolean
  readonly refusal: string | null
  readonly tried: Tried | null
  /** What was typed, when it was refused. */
  readonly broker: (BrokerForm & { readonly isEnabled: boolean }) | null
  /** `former` null: the form of a new topic. */
  readonly rule: { readonly former: string | null; readonly rule: TopicRule } | null
  readonly errors: Readonly<Record<string, string>>
  readonly attempt: { readonly topic: string; readonly payload: string; readonly read: ReadMessage } | null
}

export function mqttPage(page: PageContext, actor: Asker, view: MqttView): Html {
  const t = wordsOf(page)
  const { slug } = actor.tenant
  const { connection, done, refusal, tried } = view
  return configurationPage({
    page,
    actor,
    current: 'mqtt',
    subtitle: t('subtitle'),
    body: html`
      ${done ? banner({ tone: 'success', body: t('done.saved') }) : ''}
      ${refusal ? banner({ tone: 'danger', title: t('refused'), body: refusal }) : ''}
      ${tried ? banner({ tone: tried.ok ? 'success' : 'danger', title: t(tried.ok ? 'test.ok' : 'test.failed'), body: tried.text[page.language] }) : ''}
      ${nowPart(page, slug, view)}
      ${card({ title: t('broker.title'), subtitle: t('broker.hint'), body: brokerForm(page, slug, view) })}
      ${connection ? card({ title: t('topics.title'), subtitle: t('topics.hint'), body: topicForms(page, slug, view, connection) }) : ''}
      ${connection && connection.rules.length > 0 ? card({ id: 'try', title: t('try.title'), subtitle: t('try.hint'), body: attemptForm(page, slug, view, connection) }) : ''}
      ${connection ? card({ title: t('refused.title'), subtitle: t('refused.hint'), body: messageTable(page, 'refused', view.refusedMessages, view.timeZone) }) : ''}`,
  })
}

const tones = {
  off: 'neutral',
  starting: 'info',
  connected: 'success',
  waiting: 'warning',
  blocked: 'danger',
  nobody: 'warning',
  none: 'neutral',
} as const

function stateOf({ connection, isHeld }: NowView): keyof typeof tones {
  if (!connection) return 'none'
  if (!connection.isEnabled) return 'off'
  return isHeld ? (connection.state === 'off' ? 'starting' : connection.state) : 'nobody'
}

/** `#mqtt-now` draws itself anew while somebody looks. */
export function nowPart(page: PageContext, slug: string, view: NowView): Html {
  const t = wordsOf(page)
  const { language } = page
  const { connection, timeZone } = view
  const state = stateOf(view)
  const why =
    state === 'nobody'
      ? t('nobody.detail')
      : state === 'none'
        ? t('none.detail')
        : state === 'off' || !connection?.stateDetail
          ? ''
          : connection.stateDetail[language]
  const figure = (label: string, value: number) =>
    html`<div class="summary__row"><dt>${label}</dt><dd>${formatNumber(value, language)}</dd></div>`
  const refresh = connection
    ? hx(page, { get: page.url(mqttPaths.now(slug)), trigger: 'every 3s', swap: 'outerMorph', target: '#mqtt-now' })
    : html``
  return html`
  <div class="stack" id="mqtt-now"${refresh}>
    ${card({
      title: t('now.title'),
      body: html`<div class="stack">
        <p class="cluster">${badge({ label: t(`state.${state}`), tone: tones[state] })}${connection && isTold(state) ? html`<span class="muted small">${t('since', { at: formatInstant(connection.stateAtMs, language, timeZone) })}</span>` : ''}</p>
        ${why ? html`<p>${why}</p>` : ''}
        ${connection ? html`<dl class="summary">${figure(t('received'), connection.received)}${figure(t('acceptedRows'), connection.acceptedRows)}${figure(t('refusedCount'), connection.refused)}</dl>` : ''}
      </div>`,
    })}
    ${connection ? card({ title: t('last.title'), body: messageTable(page, 'last', view.last, timeZone) }) : ''}
  </div>`
}

const isTold = (state: keyof typeof tones): boolean => state === 'connected' || state === 'waiting' || state === 'blocked'

const outcomeTones = { accepted: 'success', repeated: 'neutral', partly: 'warning', refused: 'danger' } as const

function messageTable(page: PageContext, id: 'last' | 'refused', list: readonly Noted[], timeZone: string): Html {
  const t = wordsOf(page)
  const { language } = page
  if (list.length === 0) return emptyState({ title: t(`${id}.none`), icon: id === 'refused' ? 'check_circle' : 'inbox' })
  const texts = (detail: readonly Text[]): Html =>
    html`${detail.map((text) => html`<span class="cell-sub break-words">${text[language]}</span>`)}`
  return table({
    id: `mqtt-${id}`,
    caption: t(`${id}.title`),
    language,
    isStacked: true,
    columns: (['at', 'topic', 'key', 'outcome', ...(id === 'refused' ? (['detail'] as const) : [])] as const).map((key) => ({
      key,
      label: t(`col.${key}`),
      isSortable: false,
    })),
    rows: list.map((message, index) => ({
      key: String(index),
      cells: [
        { content: formatInstant(message.receivedAtMs, language, timeZone) },
        { content: html`<span class="break-words">${message.topic}</span>` },
        { content: html`<span class="break-words">${message.key || '—'}</span>` },
        {
          content: badge({
            label: t(`outcome.${message.outcome}`, { count: formatNumber(message.accepted, language) }),
            tone: outcomeTones[message.outcome],
          }),
        },
        ...(id === 'refused'
          ? [
              {
                content: html`${texts(message.detail)}<details class="disclosure disclosure--first"><summary>${t('payload')}</summary><pre class="code" tabindex="0">${message.payload}</pre></details>`,
              },
            ]
          : []),
      ],
    })),
  })
}

function brokerForm(page: PageContext, slug: string, { connection, broker, errors, rule }: MqttView): Html {
  const t = wordsOf(page)
  const own = rule ? {} : errors
  const typed = broker ?? {
    url: connection?.url ?? '',
    username: connection?.username ?? '',
    password: '',
    isEnabled: connection?.isEnabled ?? true,
  }
  return html`<div class="stack">
    <form class="stack" method="post" action="${page.url(mqttPaths.broker(slug))}" data-busy="${t('busy')}">${csrf(page)}
      <input type="hidden" name="version" value="${connection?.version ?? 0}">
      <div class="form-grid">
        ${field({ name: 'url', label: t('url'), value: typed.url, hint: t('url.hint'), maxLength: 250, isRequired: true, error: own.url, autocomplete: 'off' })}
        ${field({ name: 'username', label: t('username'), value: typed.username, maxLength: 200, error: own.username, autocomplete: 'off' })}
        ${field({ name: 'password', label: t('password'), type: 'password', hint: t('password.hint'), maxLength: 200, error: own.password, autocomplete: 'new-password', ...(connection?.password && { placeholder: '••••••••' }) })}
      </div>
      ${toggle({ name: 'enabled', label: t('enabled'), isOn: typed.isEnabled })}
      <div class="cluster">${button({ label: t('save'), look: 'primary' })}</div>
    </form>
    ${
      connection
        ? html`<form class="stack" method="post" action="${page.url(mqttPaths.test(slug))}" data-busy="${t('busy')}">${csrf(page)}<p class="muted small">${t('test.hint')} ${t('clientId', { id: connection.clientId })}</p><div class="cluster">${button({ label: t('test'), icon: 'play_arrow', id: 'mqtt-test' })}</div></form>`
        : ''
    }</div>`
}

function topicForms(page: PageContext, slug: string, view: MqttView, connection: Connection): Html {
  const t = wordsOf(page)
  const form = (former: string | null) => topicForm(page, slug, view, connection, former)
  const isAsked = (former: string | null) => view.rule !== null && view.rule.former === former
  return html`<div class="stack">
    <p class="muted small">${t('topics.codes')} <a class="link" href="${page.url(configurationPaths.ingest(slug))}">${sectionName('ingest', page)}</a></p>
    ${connection.rules.length === 0 ? html`<p class="muted">${t('topics.none')}</p>` : ''}
    ${connection.rules.map(({ topic }) => html`<details class="disclosure"${isAsked(topic) ? html` open` : ''}><summary><span class="break-words">${topic}</span></summary>${form(topic)}</details>`)}
    <details class="disclosure"${isAsked(null) || connection.rules.length === 0 ? html` open` : ''}><summary>${t('topics.add')}</summary>${form(null)}</details></div>`
}

const emptyRule: TopicRule = { topic: '', line: '', area: '', product: '', detectedAt: '', messageId: '', items: '' }
const hints: Partial<Record<RuleField, 'detectedAt.hint' | 'messageId.hint' | 'items.hint'>> = {
  detectedAt: 'detectedAt.hint',
  messageId: 'messageId.hint',
  items: 'items.hint',
}

function topicForm(
  page: PageContext,
  slug: string,
  { rule: asked, errors }: MqttView,
  { rules, version }: Connection,
  former: string | null,
): Html {
  const t = wordsOf(page)
  const isAsked = asked !== null && asked.former === former
  const rule = isAsked ? asked.rule : (rules.find(({ topic }) => topic === former) ?? emptyRule)
  const own = isAsked ? errors : {}
  const place = former === null ? 'new' : String(rules.findIndex(({ topic }) => topic === former))
  const action = page.url(mqttPaths.topics(slug))
  const hidden = html`${csrf(page)}<input type="hidden" name="version" value="${version}">${former === null ? '' : html`<input type="hidden" name="former" value="${former}">`}`
  return html`<div class="stack">
    <form class="stack" method="post" action="${action}" data-busy="${t('busy')}">${hidden}
      ${field({ name: 'topic', id: `topic-${place}`, label: t('topic'), value: rule.topic, hint: t('topic.hint'), maxLength: longest.topic, isRequired: true, error: own.topic, autocomplete: 'off' })}
      <div class="form-grid">${ruleFields.map((name) => {
        const hint = hints[name]
        return field({
          name,
          id: `${name}-${place}`,
          label: t(name),
          value: rule[name],
          maxLength: longest.path,
          error: own[name],
          autocomplete: 'off',
          ...(hint && { hint: t(hint) }),
        })
      })}</div>
      <div class="cluster">${button({ label: t('save'), look: former === null ? 'primary' : 'secondary', name: 'action', value: 'save' })}</div>
    </form>
    ${former === null ? '' : html`<form class="cluster" method="post" action="${action}">${hidden}<p class="muted small">${t('remove.hint')}</p>${button({ label: t('remove'), look: 'danger', name: 'action', value: 'remove' })}</form>`}</div>`
}

/** A form that only reads: its address can be sent to somebody. */
function attemptForm(page: PageContext, slug: string, { attempt }: MqttView, { rules }: Connection): Html {
  const t = wordsOf(page)
  return html`<div class="stack">
    <form class="stack" method="get" action="${page.url(mqttPaths.page(slug))}#try">
      ${field({ name: 'topic', id: 'try-topic', label: t('topic'), value: attempt?.topic ?? rules[0]?.topic ?? '', maxLength: longest.topic, isRequired: true, autocomplete: 'off' })}
      <div class="field"><label class="field__label" for="try-payload">${t('try.payload')}</label><textarea class="input mono" id="try-payload" name="payload" rows="4" maxlength="4000" spellcheck="false" required>${attempt?.payload ?? ''}</textarea></div>
      <div class="cluster">${button({ label: t('try.submit') })}</div></form>
    ${attempt ? attemptResult(page, attempt.read) : ''}</div>`
}

function attemptResult(page: PageContext, read: ReadMessage): Html {
  const t = wordsOf(page)
  if (read.kind === 'refused') return banner({ tone: 'danger', title: t('try.refused'), body: read.detail[page.language] })
  const shown = read.rows
    .slice(0, 5)
    .map((row) => JSON.stringify(row))
    .join('\n')
  return html`<p>${t('try.rows', { count: formatNumber(read.rows.length, page.language), id: read.key })}</p><pre class="code" tabindex="0">${shown}</pre>`
}
