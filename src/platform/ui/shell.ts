/** The frame of every page: one for signed-in pages, one for the few that stand alone (login, errors). */
import { type Language, languages, translator } from '../i18n/i18n.ts'
import { csrf } from './components/form.ts'
import { type Html, html, raw } from './html.ts'
import { icon, iconOrNothing } from './icons.ts'
import { uiMessages } from './messages.ts'
import type { PageContext, Shell } from './page.ts'

type Words = ReturnType<typeof translator<typeof uiMessages>>

const languageNames: Readonly<Record<Language, string>> = { es: 'Español', en: 'English' }

/** The stack light that gives Andon its name. */
const brandMark = (size: 24 | 40 = 24): Html => html`
  <svg class="brand-mark" width="${size}" height="${size}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><rect x="7" y="1.5" width="10" height="6" rx="2" fill="#ef4444"/><rect x="7" y="8.5" width="10" height="6" rx="1" fill="#f59e0b"/><rect x="7" y="15.5" width="10" height="6" rx="2" fill="#10b981"/></svg>`

/** This very page with `?theme=` or `?lang=`: the server keeps the choice in a cookie, with or without our script. */
const preference = (page: PageContext, name: 'theme' | 'lang', value: string): string => {
  const [path, query] = page.here.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.set(name, value)
  return `${page.url(path ?? '/')}?${parameters}`
}

/** A company's colour comes as a file: the CSP refuses styles in a page. */
const brandSheet = (page: PageContext): Html => {
  const color = /^#([0-9a-f]{6})$/i.exec(page.user?.company?.color ?? '')?.[1]
  return color ? html`<link rel="stylesheet" href="${page.url(`/brand/${color.toLowerCase()}.css`)}">` : html``
}

const head = (page: PageContext, title: string): Html => html`
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="${page.theme === 'dark' ? 'dark light' : 'light dark'}">
  <meta name="htmx-config" content='{"includeIndicatorCSS":false,"extensions":"hx-csp","history":"reload","defaultSettleDelay":0,"morphIgnore":["data-htmx-powered","data-ui-","open","style","_echarts"],"morphSkip":"[data-keep]","morphSkipChildren":"[data-chart]","defaultTimeout":35000}'>
  <title>${title} · Andon</title>
  <link rel="icon" href="${page.asset('favicon.svg')}" type="image/svg+xml">
  <link rel="preload" href="${page.asset('inter-latin.woff2')}" as="font" type="font/woff2" crossorigin>
  <link rel="stylesheet" href="${page.asset('app.css')}">
  ${brandSheet(page)}
  <script type="module" src="${page.asset('app.js')}" nonce="${page.nonce}"></script>
</head>`

const themeSwitch = (page: PageContext): Html => {
  const t = translator(uiMessages, page.language)
  const other = page.theme === 'dark' ? 'light' : 'dark'
  return html`
  <a class="icon-btn" href="${preference(page, 'theme', other)}" data-theme-switch aria-label="${t('theme.toggle')}" title="${t('theme.toggle')}" rel="nofollow">
    <span class="only-dark">${icon('light_mode')}</span><span class="only-light">${icon('dark_mode')}</span></a>`
}

const languageItems = (page: PageContext): Html[] =>
  languages.map(
    (l) =>
      html`<li><a class="menu__item" href="${preference(page, 'lang', l)}" data-language="${l}" hreflang="${l}" lang="${l}" rel="nofollow"${l === page.language ? html` aria-current="true"` : ''}>${languageNames[l]}${l === page.language ? icon('check', 16) : ''}</a></li>`,
  )

const languageSwitch = (page: PageContext): Html => {
  const t = translator(uiMessages, page.language)
  return html`
  <details class="menu menu--language" data-menu>
    <summary class="icon-btn icon-btn--text" title="${t('language.choose')}: ${languageNames[page.language]}">${icon('language')}<span class="sr-only">${t('language.choose')}: </span>${page.language.toUpperCase()}</summary>
    <ul class="menu__panel menu__panel--end">${languageItems(page)}</ul>
  </details>`
}

const userMenu = (page: PageContext): Html => {
  const { user } = page
  if (!user || user.isScreen) return html``
  const t = translator(uiMessages, page.language)
  const others = user.companies.filter((c) => c.slug !== user.company?.slug)
  return html`
  <details class="menu" data-menu>
    <summary class="icon-btn icon-btn--text" aria-label="${t('user.menu', { name: user.name })}">${user.avatar ? html`<img class="avatar" src="${page.url(user.avatar)}" alt="" width="24" height="24">` : icon('account_circle')}<span class="hide-tablet">${user.name}</span></summary>
    <div class="menu__panel menu__panel--end">
      <p class="menu__who"><strong>${user.name}</strong>${user.company ? html`<span>${user.company.name}</span>` : ''}</p>
      ${others.length > 0 ? html`<p class="menu__label">${t('user.companies')}</p>${others.map((c) => html`<a class="menu__item" href="${page.url(`/t/${c.slug}/dashboard`)}">${icon('factory', 16)}${c.name}</a>`)}` : ''}
      <a class="menu__item" href="${page.url('/account')}">${icon('settings', 16)}${t('user.account')}</a>
      <form method="post" action="${page.url('/logout')}">${csrf(page)}<button class="menu__item" type="submit">${icon('logout', 16)}${t('user.logout')}</button></form>
    </div>
  </details>`
}

/** For the warning before a browser's session ends. */
const sessionData = ({ user }: PageContext, t: Words): Html =>
  user?.sessionEndsInS === undefined
    ? html``
    : html` data-session-ends="${user.sessionEndsInS}" data-ending-title="${t('session.ending')}" data-ending-text="${t('session.ending.detail', { time: '{time}' })}" data-ending-stay="${t('session.stay')}"`

/** What the script must be able to say by itself travels on the body. */
const wholePage = (page: PageContext, title: string, body: Html): Html => {
  const t = translator(uiMessages, page.language)
  return html`${raw('<!doctype html>' /* raw: a constant */)}
<html lang="${page.language}" data-theme="${page.theme}">
${head(page, title)}
<body data-base="${page.url('/')}" data-csrf="${page.csrfToken}"${page.user && !page.user.isScreen ? html` data-preferences="${page.url('/account/preferences')}"` : ''}${page.user?.isScreen ? html` data-screen` : ''} data-expired-title="${t('session.expired')}" data-expired-text="${t('session.expired.detail')}" data-expired-link="${t('session.sign_in')}" data-failed-text="${t('request.failed')}" data-reload-text="${t('page.reload')}"${sessionData(page, t)}>
${body}
<div class="toasts" id="toasts" role="region" aria-live="polite" aria-label="${t('toast.region')}"></div>
</body>
</html>`
}

/** A signed-in page: header, navigation, optional left panel, content. */
export function shell({ page, title, nav, body, aside, status }: Shell): Html {
  const t = translator(uiMessages, page.language)
  const company = page.user?.company
  const links = nav.map(
    (item) =>
      html`<li><a class="nav__link" href="${item.href}"${item.isCurrent ? html` aria-current="page"` : ''}>${iconOrNothing(item.icon)}<span>${item.label}</span>${item.waiting && item.waiting.count > 0 ? html`<span class="nav__count" title="${item.waiting.label}">${item.waiting.count}<span class="sr-only"> ${item.waiting.label}</span></span>` : ''}</a></li>`,
  )
  return wholePage(
    page,
    title,
    html`
    <a class="skip-link" href="#content">${t('skip.to_content')}</a>
    <header class="app-header">
      <a class="brand" href="${company ? page.url(`/t/${company.slug}/dashboard`) : page.url('/')}">${company?.logo ? html`<img class="brand__logo" src="${page.url(company.logo)}" alt="" height="28">` : brandMark()}<span class="brand__name">${company?.name ?? 'Andon'}</span></a>
      ${nav.length > 0 ? html`<nav class="nav" aria-label="${t('nav.main')}"><ul>${links}</ul></nav>` : ''}
      <div class="app-header__end">
        ${status ?? ''}
        ${languageSwitch(page)}${themeSwitch(page)}${userMenu(page)}
        ${nav.length > 0 ? html`<details class="menu nav-menu" data-menu><summary class="icon-btn" aria-label="${t('nav.menu')}">${icon('menu')}</summary><ul class="menu__panel menu__panel--end">${links}<li class="menu__label only-phone" aria-hidden="true">${t('language.choose')}</li><li class="only-phone"><ul>${languageItems(page)}</ul></li></ul></details>` : ''}
      </div>
    </header>
    ${page.banners.length > 0 ? html`<div class="banners">${page.banners}</div>` : ''}
    <div class="frame ${aside ? 'frame--aside' : ''}">
      ${aside ? html`<aside class="aside" id="${aside.id}" aria-label="${aside.label}" data-drawer>${aside.content}</aside><a class="aside-veil" href="#content" tabindex="-1" aria-hidden="true" data-drawer-close></a>` : ''}
      <main class="content" id="content" tabindex="-1">${body}</main>
    </div>`,
  )
}

/** A page that stands alone in the middle of the window: login, errors, "choose a company". `isGlass` puts it on the login background. */
export function centeredPage({
  page,
  title,
  body,
  footer,
  isGlass = false,
}: {
  page: PageContext
  title: string
  body: Html
  footer?: Html
  isGlass?: boolean
}): Html {
  const t = translator(uiMessages, page.language)
  return wholePage(
    page,
    title,
    html`
    <a class="skip-link" href="#content">${t('skip.to_content')}</a>
    <div class="alone ${isGlass ? 'alone--glass' : ''}">
      <header class="alone__tools">${languageSwitch(page)}${themeSwitch(page)}${userMenu(page)}</header>
      ${page.banners.length > 0 ? html`<div class="banners">${page.banners}</div>` : ''}
      <main class="alone__main" id="content" tabindex="-1">
        <div class="alone__brand">${brandMark(40)}<span>Andon</span></div>
        <div class="alone__card">${body}</div>
        ${footer ? html`<div class="alone__footer">${footer}</div>` : ''}
      </main>
    </div>`,
  )
}

/** A page without header, for screens that show one thing: a television, a tablet at a machine. `body` brings its own `main`. */
export const barePage = ({ page, title, body, kind }: { page: PageContext; title: string; body: Html; kind: 'tv' | 'operator' }): Html =>
  wholePage(
    page,
    title,
    html`<div class="bare bare--${kind}">${page.banners.length > 0 && kind !== 'tv' ? html`<div class="banners">${page.banners}</div>` : ''}${body}</div>`,
  )

/** Body of an error page for `centeredPage`: 403, 404, 500… Words come translated. */
export const errorBody = ({
  status,
  title,
  detail,
  requestId,
  action,
}: {
  status: number
  title: string
  detail: string
  requestId?: string
  action?: Html
}): Html => html`
  <div class="error-page"><p class="error-page__status">${status}</p><h1 class="error-page__title">${title}</h1>${detail === title ? '' : html`<p class="error-page__detail">${detail}</p>`}${action ?? ''}${requestId ? html`<p class="error-page__id">${requestId}</p>` : ''}</div>`
