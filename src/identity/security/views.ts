/** Guarding one's account: the cards of the account page, and the pages of the second factor. */
import { formatInstant, translator } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  button,
  card,
  csrf,
  field,
  type Html,
  html,
  linkButton,
  type NavItem,
  type PageContext,
  pageHead,
  shell,
  table,
} from '../../platform/ui/index.ts'
import type { SecondFactor } from '../mfa/index.ts'
import { identityPaths } from '../paths.ts'
import type { ShownSession } from '../sessions/index.ts'
import { deviceOf } from './device.ts'
import { securityMessages } from './messages.ts'

export type Security = {
  readonly factor: SecondFactor
  /** The installation offers second factors. */
  readonly isOffered: boolean
  readonly sessions: readonly ShownSession[]
  readonly currentUuid: string
  /** Null where the person is in no company. */
  readonly pin: {
    readonly company: string
    readonly isSet: boolean
    readonly error: string | null
    readonly passwordError: string | null
  } | null
  /** Leads to the company's API keys, for whoever may make them. */
  readonly hasKeys: boolean
  readonly timeZone: string
}

const words = (page: PageContext) => translator(securityMessages, page.language)

/** A card whose parts stand apart. */
const roomy = (parts: Parameters<typeof card>[0]): Html => card({ ...parts, body: html`<div class="stack">${parts.body}</div>` })

/** For the account page, after the password. */
export function securityCards(page: PageContext, security: Security): Html {
  return html`
    ${factorCard(page, security)}
    ${sessionsCard(page, security)}
    ${security.pin ? pinCard(page, security.pin) : ''}`
}

function factorCard(page: PageContext, { factor, isOffered, hasKeys, timeZone }: Security): Html {
  const t = words(page)
  const state =
    factor.sinceMs === null
      ? badge({ label: t('factor.off'), tone: 'warning' })
      : badge({ label: t('factor.on', { date: formatInstant(factor.sinceMs, page.language, timeZone) }), tone: 'success' })
  const company = page.user?.company
  return roomy({
    id: 'second-factor',
    title: t('factor.title'),
    body: html`
      <p>${t('factor.lead')}</p>
      <div class="cluster">${state}${factor.isOn ? html`<span>${t('factor.codes.left', { count: factor.recoveryCodesLeft })}</span>` : ''}</div>
      <div class="cluster">
        ${isOffered || factor.isOn ? linkButton({ label: t(factor.isOn ? 'factor.manage' : 'factor.start'), href: page.url(identityPaths.secondFactor()), icon: 'phone_android' }) : html`<span>${t('factor.unavailable')}</span>`}
        ${hasKeys && company ? linkButton({ label: t('security.keys'), href: page.url(identityPaths.apiKeys({ company: company.slug })), icon: 'key', look: 'quiet' }) : ''}
      </div>`,
  })
}

function sessionsCard(page: PageContext, { sessions, currentUuid, timeZone }: Security): Html {
  const t = words(page)
  const at = (atMs: number) => ({ content: formatInstant(atMs, page.language, timeZone), sort: atMs })
  const action = page.url(identityPaths.accountSessions())
  const rows = sessions.map((session) => {
    const device = `${t(session.kind === 'browser' ? 'sessions.browser' : 'sessions.api')} · ${deviceOf(session.userAgent) ?? t('sessions.unknown_device')}`
    const isHere = session.uuid === currentUuid
    const end = html`<div class="row-actions"><form method="post" action="${action}">${csrf(page)}<input type="hidden" name="uuid" value="${session.uuid}"><button class="btn btn--quiet" type="submit" aria-label="${t('sessions.end_of', { device })}"><span>${t('sessions.end')}</span></button></form></div>`
    return {
      key: session.uuid,
      cells: [
        { content: html`<span>${device}</span>` },
        { content: session.ip },
        at(session.createdAtMs),
        at(session.lastSeenAtMs),
        { content: isHere ? badge({ label: t('sessions.here'), tone: 'info' }) : end },
      ],
    }
  })
  return roomy({
    id: 'sessions',
    title: t('sessions.title'),
    body: html`
      ${table({
        id: 'sessions-list',
        caption: t('sessions.title'),
        language: page.language,
        isStacked: true,
        columns: [
          { key: 'device', label: t('sessions.device'), isSortable: false },
          { key: 'ip', label: t('sessions.address'), isSortable: false },
          { key: 'since', label: t('sessions.since'), isSortable: false },
          { key: 'seen', label: t('sessions.seen'), isSortable: false },
          { key: 'end', label: t('sessions.actions'), isSortable: false },
        ],
        rows,
      })}
      ${sessions.length > 1 ? html`<form class="cluster" method="post" action="${action}">${csrf(page)}<input type="hidden" name="others" value="1">${button({ label: t('sessions.end_others'), icon: 'logout' })}</form>` : ''}`,
  })
}

function pinCard(page: PageContext, pin: NonNullable<Security['pin']>): Html {
  const t = words(page)
  return roomy({
    id: 'pin',
    title: t('pin.title'),
    body: html`
      <p>${t('pin.lead', { company: pin.company })} ${t(pin.isSet ? 'pin.is_set' : 'pin.is_not_set')}</p>
      <form class="stack" method="post" action="${page.url(identityPaths.accountPin())}">
        ${csrf(page)}
        ${field({ name: 'pin', id: 'f-pin', label: t('pin.new'), type: 'password', autocomplete: 'off', maxLength: 8, isRequired: true, hint: t('pin.hint'), error: pin.error ?? undefined })}
        ${field({ name: 'password', id: 'f-pin-password', label: t('pin.password'), type: 'password', autocomplete: 'current-password', maxLength: 128, isRequired: true, error: pin.passwordError ?? undefined })}
        <div class="cluster">${button({ label: t('pin.set') })}</div>
      </form>`,
  })
}

type Fault = { readonly password?: string | undefined; readonly code?: string | undefined }
export type FactorPage =
  | { readonly kind: 'off'; readonly isRequired: boolean; readonly isOffered: boolean; readonly wasRemoved: boolean; readonly fault: Fault }
  | { readonly kind: 'setup'; readonly secret: string; readonly image: string; readonly fault: Fault }
  | { readonly kind: 'codes'; readonly codes: readonly string[]; readonly isNew: boolean }
  | {
      readonly kind: 'on'
      readonly factor: SecondFactor
      readonly mayRemove: boolean
      readonly timeZone: string
      readonly codesFault: Fault
      readonly removeFault: Fault
    }

export function factorPage(page: PageContext, nav: readonly NavItem[], model: FactorPage): Html {
  const t = words(page)
  const body = html`
    <p class="crumb"><a class="link" href="${page.url(identityPaths.account())}">‹ ${t('back')}</a></p>
    ${pageHead({ title: t('factor.title'), ...(model.kind === 'off' && { subtitle: t('factor.lead') }) })}
    <div class="stack">${content(page, model)}</div>`
  return shell({ page, title: t('factor.title'), nav, body })
}

function content(page: PageContext, model: FactorPage): Html {
  switch (model.kind) {
    case 'off':
      return offView(page, model)
    case 'setup':
      return setupView(page, model)
    case 'codes':
      return codesView(page, model)
    case 'on':
      return onView(page, model)
  }
}

const path = (page: PageContext, step = ''): string => page.url(`${identityPaths.secondFactor()}${step}`)
const passwordField = (page: PageContext, id: string, fault: Fault): Html =>
  field({
    name: 'password',
    id,
    label: words(page)('factor.password'),
    type: 'password',
    autocomplete: 'current-password',
    maxLength: 128,
    isRequired: true,
    error: fault.password,
  })
const codeField = (page: PageContext, id: string, label: 'factor.code' | 'factor.code_or_recovery', fault: Fault): Html =>
  field({ name: 'code', id, label: words(page)(label), autocomplete: 'one-time-code', maxLength: 20, isRequired: true, error: fault.code })

function offView(page: PageContext, { isRequired, isOffered, wasRemoved, fault }: Extract<FactorPage, { kind: 'off' }>): Html {
  const t = words(page)
  if (!isOffered) return roomy({ body: html`<p>${t('factor.unavailable')}</p>` })
  return html`
    ${wasRemoved ? banner({ tone: 'success', body: t('factor.removed') }) : ''}
    ${isRequired ? banner({ tone: 'warning', body: t('factor.required') }) : ''}
    ${roomy({
      title: t('factor.start.title'),
      body: html`
        <p>${t('factor.start.hint')}</p>
        <form class="stack" method="post" action="${path(page)}">
          ${csrf(page)}
          ${passwordField(page, 'f-password', fault)}
          <div class="cluster">${button({ label: t('factor.start'), look: 'primary', icon: 'phone_android' })}</div>
        </form>`,
    })}`
}

function setupView(page: PageContext, { secret, image, fault }: Extract<FactorPage, { kind: 'setup' }>): Html {
  const t = words(page)
  return html`
    ${roomy({
      title: t('factor.scan.title'),
      body: html`
        <img class="qr" src="${image}" width="240" height="240" alt="${t('factor.scan.alt')}">
        <p>${t('factor.scan.manual')}</p>
        <p><code class="secret">${secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p>
        <p class="field__hint">${t('factor.scan.life')}</p>`,
    })}
    ${roomy({
      title: t('factor.confirm.title'),
      body: html`
        <form class="stack" method="post" action="${path(page, '/confirm')}">
          ${csrf(page)}
          ${codeField(page, 'f-code', 'factor.code', fault)}
          <div class="cluster">${button({ label: t('factor.confirm'), look: 'primary' })}</div>
        </form>`,
    })}`
}

function codesView(page: PageContext, { codes, isNew }: Extract<FactorPage, { kind: 'codes' }>): Html {
  const t = words(page)
  return html`
    ${isNew ? banner({ tone: 'success', body: t('factor.enabled') }) : ''}
    ${roomy({
      title: t('factor.codes.title'),
      body: html`
        <p>${t('factor.codes.lead')}</p>
        <ol class="codes">${codes.map((code) => html`<li><code class="secret">${code}</code></li>`)}</ol>
        <div class="cluster">${linkButton({ label: t('factor.codes.done'), href: page.url(identityPaths.account()), look: 'primary', icon: 'check' })}</div>`,
    })}`
}

function onView(page: PageContext, model: Extract<FactorPage, { kind: 'on' }>): Html {
  const t = words(page)
  const { factor, mayRemove, timeZone, codesFault, removeFault } = model
  const since = { date: formatInstant(factor.sinceMs ?? 0, page.language, timeZone) }
  return html`
    ${roomy({
      body: html`<div class="cluster">${badge({ label: t('factor.on', since), tone: 'success' })}<span>${t('factor.codes.left', { count: factor.recoveryCodesLeft })}</span></div>`,
    })}
    ${roomy({
      title: t('factor.codes.new'),
      body: html`
        <p>${t('factor.codes.new.hint')}</p>
        <form class="stack" method="post" action="${path(page, '/codes')}">
          ${csrf(page)}
          ${passwordField(page, 'f-codes-password', codesFault)}
          ${codeField(page, 'f-codes-code', 'factor.code_or_recovery', codesFault)}
          <div class="cluster">${button({ label: t('factor.codes.new') })}</div>
        </form>`,
    })}
    ${roomy({
      title: t('factor.remove.title'),
      body: mayRemove
        ? html`
          <p>${t('factor.remove.hint')}</p>
          <form class="stack" method="post" action="${path(page, '/remove')}">
            ${csrf(page)}
            ${passwordField(page, 'f-remove-password', removeFault)}
            ${codeField(page, 'f-remove-code', 'factor.code_or_recovery', removeFault)}
            <div class="cluster">${button({ label: t('factor.remove'), look: 'danger' })}</div>
          </form>`
        : html`<p>${t('factor.remove.refused')}</p>`,
    })}`
}
