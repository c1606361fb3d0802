/** The operator's view: a line in one hand. Plain forms that work by themselves; the script queues them where the network is poor. */
import { formatNumber } from '../../platform/i18n/index.ts'
import { formatLocalTime } from '../../platform/time/index.ts'
import { banner, barePage, emptyState, type Html, html, icon, type PageContext } from '../../platform/ui/index.ts'
import { type Board, boardWords, sinceText, stateIcon } from '../board/index.ts'
import { plantPaths } from '../navigation.ts'
import { liveView, stopData, stopTitle, words } from './live-view.ts'
import type { OperatorModel } from './model.ts'
import { pinDialog, signingFields } from './signing-view.ts'

export type Signer = { readonly userId: number; readonly name: string }

export type OperatorPage = {
  readonly page: PageContext
  readonly company: string
  /** `display:7` or `user:3`: whose waiting actions this page may send. */
  readonly identity: string
  /** People who may sign here; null = the person's own session signs. */
  readonly signers: readonly Signer[] | null
  readonly mayAct: boolean
  readonly lines: readonly { readonly lineId: number; readonly lineName: string }[]
  readonly liveUrl: string
  readonly version: string
  readonly key: string
  readonly zone: { readonly timeOf: (epochMs: number) => string }
  readonly done: 'stored' | 'pending' | null
  /** The line that was asked for is not shown here. */
  readonly isGone: boolean
  readonly refusal: { readonly title: string; readonly detail: string } | null
}

const path = ({ page, company }: OperatorPage, more = ''): string => page.url(`${plantPaths.operator(company)}${more}`)

function frame(view: OperatorPage, body: Html): Html {
  const { page, company } = view
  const t = words(page.language)
  const other = page.language === 'es' ? 'en' : 'es'
  const main = html`
  <a class="skip-link" href="#op">${t('title')}</a>
  <header class="op-head">
    <h1 class="op-head__name">${page.user?.name ?? t('title')}</h1>
    <p class="op-net" data-op-net data-online="${t('net.online')}" data-offline="${t('net.offline')}" data-of="${t('net.data_of')}" role="status" data-keep></p>
    <nav class="op-head__links" aria-label="${t('title')}">
      ${view.lines.length > 1 ? html`<a class="op-btn" href="${path(view, '?choose=1')}">${t('line.change')}</a>` : ''}
      ${page.user?.isScreen ? '' : html`<a class="op-btn" href="${page.url(plantPaths.dashboard(company))}">${t('dashboard')}</a>`}
      <a class="op-btn" href="${page.url(plantPaths.tv(company))}">${t('tv')}</a>
      <a class="op-btn" href="${path(view, `?lang=${other}`)}" hreflang="${other}" lang="${other}" data-language="${other}">${other.toUpperCase()}</a>
    </nav>
  </header>
  ${body}`
  return barePage({ page, title: t('title'), kind: 'operator', body: main })
}

/** Before a line is chosen: all of them, with how they stand. */
export function chooserPage(view: OperatorPage, board: Board): Html {
  const { language } = view.page
  const [t, b] = [words(language), boardWords(language)]
  return frame(
    view,
    html`
  <main class="op op--choose" id="op" tabindex="-1">
    ${notices(view)}
    ${
      board.lines.length === 0
        ? emptyState({ title: t('none'), detail: t('none.detail'), icon: 'factory' })
        : html`<h2 class="op-card__title">${t('line.choose')}</h2>
    <ul class="op-lines">${board.lines.map((line) => html`<li><a class="op-line op-line--${line.state}" href="${path(view, `?line=${line.lineId}`)}"><strong>${line.lineName}</strong><span>${stateIcon(line.state)}${b(`state.${line.state}`)} ${sinceText(line, board, language)}</span></a></li>`)}</ul>`
    }
  </main>`,
  )
}

const notices = ({ page, done, refusal, isGone }: OperatorPage): Html => {
  const t = words(page.language)
  return html`${refusal ? banner({ tone: 'danger', title: refusal.title, body: refusal.detail }) : ''}${isGone ? banner({ tone: 'warning', body: t('line.gone') }) : ''}${done ? banner({ tone: 'success', body: t(`done.${done}`) }) : ''}`
}

export function operatorPage(view: OperatorPage, model: OperatorModel): Html {
  const { page, mayAct, liveUrl, version, signers } = view
  const { language } = page
  const t = words(language)
  const here = path(view, `?line=${model.line.lineId}`)
  const queueWords = ['pending', 'sending', 'waiting', 'refused', 'other', 'sign_again', 'send_mine', 'dismiss', 'ended', 'full'] as const
  return frame(
    view,
    html`
  <main class="op" id="op" tabindex="-1" data-operator data-company="${view.company}" data-identity="${view.identity}" data-signing="${path(view, '/signing')}" data-labels="${JSON.stringify(
    {
      ...Object.fromEntries(queueWords.map((word) => [word, t(`queue.${word}`, { seconds: '{seconds}' })])),
      stored: t('done.stored'),
      stored_pending: t('done.pending'),
      short: t('sign.short'),
      no_pads: t('sign.no_pads'),
      explain: t('label.explain', { reason: '{reason}', stop: '{stop}' }),
      stop: t('label.stop', { from: '{from}', to: '{to}' }),
      scrap: t('label.scrap', { pieces: '{pieces}' }),
      withdraw: t('label.withdraw'),
    },
  )}">
    <div class="op__notices">${notices(view)}${mayAct ? '' : banner({ tone: 'info', body: t('look.only') })}${signers?.length === 0 ? banner({ tone: 'warning', body: t('sign.nobody') }) : ''}
    <section class="op-queue" id="op-queue" aria-labelledby="op-queue-title" aria-live="polite" hidden data-keep><h2 class="op-card__title" id="op-queue-title">${t('queue.title')}</h2><ul class="op-queue__list" data-op-queue></ul></section></div>
    ${liveView({ page, model, liveUrl, here, mayAct, version })}
    ${mayAct ? html`<div class="op-forms">${explainForm(view, model)}${stopForm(view, model)}${scrapForm(view, model)}</div>` : ''}
  </main>
  ${signers ? pinDialog(page, signers) : ''}`,
  )
}

const hidden = (name: string, value: string | number): Html => html`<input type="hidden" name="${name}" value="${value}">`

/** What every form carries. */
const carried = (view: OperatorPage, model: OperatorModel, kind: string): Html => html`
  ${hidden('csrf_token', view.page.csrfToken)}${hidden('line_id', model.line.lineId)}${hidden('idempotency_key', `${view.key}-${kind}`)}`

function explainForm(view: OperatorPage, model: OperatorModel): Html {
  const { language } = view.page
  const t = words(language)
  const { target, tree } = model
  const data = target ? stopData(target, model, language) : {}
  const reason = (code: number, label: string, isBig = false) =>
    html`<button class="op-reason ${isBig ? 'op-reason--recent' : ''}" type="submit" name="reason_code" value="${code}">${label}</button>`
  return html`
  <section class="op-card op-explain" id="explain" aria-labelledby="op-explain">
    <h2 class="op-card__title" id="op-explain">${t('explain.title')}</h2>
    <p class="op-explain__stop" data-op-title data-none="${t('explain.none')}">${target ? stopTitle(target, model, language) : t('explain.none')}</p>
    <form method="post" action="${path(view, '/explanations')}" data-op-form="explain"${target ? '' : html` hidden`}>
      ${carried(view, model, 'explain')}
      ${['event_id', 'version', 'at_s'].map((name) => (data[name] === undefined ? html`<input type="hidden" name="${name}" disabled>` : hidden(name, data[name])))}
      ${signingFields(view.page, view.signers, 'explain')}
      ${tree.recent.length > 0 ? html`<h3 class="op-explain__head">${t('explain.recent')}</h3><div class="op-reasons">${tree.recent.map(({ code, label }) => reason(code, label, true))}</div>` : ''}
      ${tree.failures.length > 0 ? html`<h3 class="op-explain__head">${t('explain.all')}</h3>` : html`<p>${t('explain.no_tree')}</p>`}
      <div class="op-failures">${tree.failures.map(({ code, name, incidents }) =>
        incidents.length === 0
          ? code === null
            ? html``
            : reason(code, name)
          : html`
        <details class="op-failure" name="failure"><summary class="op-reason">${name}${icon('expand_more', 20)}</summary>
          <div class="op-reasons">${code === null ? '' : reason(code, name)}${incidents.map((incident) => reason(incident.code, incident.description))}</div></details>`,
      )}</div>
      <div class="op-row"><label class="op-field"><span>${t('explain.text')}</span><input class="op-input" type="text" name="reason_text" maxlength="500" autocomplete="off"></label><button class="op-btn op-btn--primary" type="submit">${t('explain.save')}</button></div>
    </form>
  </section>`
}

function stopForm(view: OperatorPage, model: OperatorModel): Html {
  const t = words(view.page.language)
  const { tree, board } = model
  const hasTree = tree.failures.length > 0
  const option = (code: number, label: string) => html`<option value="${code}">${label}</option>`
  const time = (name: string, label: string, localS: number) =>
    html`<label class="op-field"><span>${label}</span><input class="op-input" type="time" name="${name}" value="${formatLocalTime(localS)}" required></label>`
  return html`
  <details class="op-card op-fold"><summary class="op-card__title">${t('stop.title')}${icon('expand_more', 20)}</summary>
    <p class="op-card__lead">${t('stop.lead')}</p>
    <form method="post" action="${path(view, '/stops')}" data-op-form="stop">
      ${carried(view, model, 'stop')}
      <div class="op-row">${time('start_time', t('stop.start'), board.nowLocalS - 900)}${time('end_time', t('stop.end'), board.nowLocalS)}</div>
      <label class="op-field"><span>${t('stop.reason')}</span><select class="op-input" name="reason_code"${hasTree ? html` required` : ''}><option value="">${t('stop.reason.none')}</option>${tree.failures.map(({ code, name, incidents }) => (incidents.length === 0 ? (code === null ? html`` : option(code, name)) : html`<optgroup label="${name}">${code === null ? '' : option(code, name)}${incidents.map((incident) => option(incident.code, incident.description))}</optgroup>`))}</select></label>
      <label class="op-field"><span>${t(hasTree ? 'stop.text' : 'explain.text')}</span><input class="op-input" type="text" name="reason_text" maxlength="500" autocomplete="off"${hasTree ? '' : html` required`}></label>
      ${signingFields(view.page, view.signers, 'stop')}
      <button class="op-btn op-btn--primary op-btn--wide" type="submit">${t('stop.save')}</button>
    </form>
  </details>`
}

function scrapForm(view: OperatorPage, model: OperatorModel): Html {
  const { language } = view.page
  const t = words(language)
  const { board, notes } = model
  const products = [...board.model.products.values()].sort((a, b) => a.productName.localeCompare(b.productName, language))
  return html`
  <details class="op-card op-fold"><summary class="op-card__title">${t('scrap.title')}${icon('expand_more', 20)}</summary>
    <p class="op-card__lead">${t('scrap.lead')}</p>
    <form method="post" action="${path(view, '/scrap')}" data-op-form="scrap">
      ${carried(view, model, 'scrap')}
      <div class="op-row">
        <label class="op-field"><span>${t('scrap.quantity')}</span><input class="op-input" type="number" name="quantity" min="1" max="1000000" step="1" inputmode="numeric" required></label>
        <label class="op-field"><span>${t('scrap.product')}</span><select class="op-input" name="product_id"><option value="">${t('scrap.product.none')}</option>${products.map(({ productId, productName }) => html`<option value="${productId}">${productName}</option>`)}</select></label>
      </div>
      <label class="op-field"><span>${t('scrap.reason')}</span><input class="op-input" type="text" name="reason" maxlength="200" autocomplete="off"></label>
      ${signingFields(view.page, view.signers, 'scrap')}
      <button class="op-btn op-btn--primary op-btn--wide" type="submit">${t('scrap.save')}</button>
    </form>
    ${
      notes.length === 0
        ? ''
        : html`<h3 class="op-explain__head">${t('scrap.list')}</h3><ul class="op-notes">${notes.map((note) => {
            const [time, pieces] = [view.zone.timeOf(note.notedAtMs), formatNumber(note.quantity, language)]
            return html`<li><span>${t('scrap.row', { time, pieces })}${note.reason ? html` · ${note.reason}` : ''} · ${note.notedBy}</span>
        <form method="post" action="${path(view, '/scrap/withdrawals')}" data-op-form="withdraw">${carried(view, model, `withdraw-${note.noteId}`)}${hidden('note_id', note.noteId)}${signingFields(view.page, view.signers, `withdraw-${note.noteId}`)}<button class="op-btn" type="submit" aria-label="${t('scrap.withdraw_of', { time, pieces })}">${t('scrap.withdraw')}</button></form></li>`
          })}</ul>`
    }
  </details>`
}
