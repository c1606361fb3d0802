/** Keeps the board true. The server's stream only says which lines changed; then the one request of the visible tab is repeated and its answer
 *  morphed into the page, which leaves zoom, scroll, focus, open dialogs and sorting alone. Without the stream, every ten seconds.
 *  A card whose layout gives it seconds is asked for when they are over, no sooner and no later, changed or not. */
import { redrawCharts } from './charts.ts'
import { nowMs } from './clock.ts'
import { setText } from './dom.ts'
import { type HtmxContext, htmx, onHtmx } from './htmx.ts'
import { showSessionEnded } from './requests.ts'
import { restoreTables } from './tables.ts'

const pollMs = 10_000
/** A stop that goes on grows without any new row. */
const idleRefreshMs = 30_000
const leastGapMs = 1_500
/** The server gives a sign of life every 20 s at the latest: a stream that says nothing for longer is held back on the way. */
const silentMs = 45_000
const bufferedAgainMs = 300_000

const board = () => document.querySelector<HTMLElement>('#board[data-live]')
/** In place of a board that the server could not draw just now. */
const isRefused = (): boolean => board()?.hasAttribute('data-refused') ?? false
const pill = () => document.querySelector<HTMLElement>('[data-live-pill]')

let stream: EventSource | null = null
let isStreaming = false
let isPlantOffline = false
let isAsking = false
let isWanted = false
/** The last answer was a refusal, or none came. */
let hasFailed = false
/** The server asked for patience until then. */
let notBeforeMs = 0
let hasEnded = false
let lastAnswerMs = nowMs()
let lastHeardMs = nowMs()
/** Streams one after the other that fell silent. */
let silences = 0
/** Where the stream was: a new one is told what it missed. */
let lastId = ''
/** Until then nobody listens. */
let listenTimer = 0
let figures = new Map<string, string>()
/** When each card last got its figures, by element id; cards that are not here got them with the last answer. */
let shownAtMs = new Map<string, number>()

const ageText = (ageS: number): string =>
  ageS < 60
    ? `${Math.max(0, Math.floor(ageS))} s`
    : ageS < 3_600
      ? `${Math.floor(ageS / 60)} min`
      : ageS < 172_800
        ? `${Math.floor(ageS / 3_600)} h`
        : `${Math.floor(ageS / 86_400)} d`

function showState(): void {
  const element = pill()
  if (!element) return
  const ageS = (nowMs() - lastAnswerMs) / 1_000
  const isOffline = hasEnded || !navigator.onLine || isPlantOffline || isRefused() || (hasFailed && !isStreaming)
  const state = isOffline ? 'offline' : !board() ? 'waiting' : isStreaming && !hasFailed ? 'live' : 'ago'
  const { liveWord = '', agoWord = '', offlineWord = '' } = element.dataset
  const ago = agoWord.replace('{age}', ageText(ageS))
  const words = { waiting: '—', live: liveWord, ago, offline: isRefused() ? offlineWord : `${offlineWord} · ${ago}` }[state]
  setText(element.querySelector('[data-live-text]'), words)
  if (element.dataset.state === state) return
  element.dataset.state = state
  // said once: an age that grows would be read out every second
  setText(element.querySelector('[data-live-said]'), words)
}

/** Data grows old while nobody sends any: the ages on the cards keep counting. */
function tickAges(): void {
  for (const element of document.querySelectorAll<HTMLElement>('[data-age]')) {
    const atMs = shownAtMs.get(element.closest('[data-widget]')?.id ?? '') ?? lastAnswerMs
    const text = ageText(Number(element.dataset.age) + (nowMs() - atMs) / 1_000)
    setText(element, text)
  }
}

const cards = () => [...(board()?.querySelectorAll<HTMLElement>('[data-widget]') ?? [])]

/** A card with seconds of its own is due when they are over; the others when a line changed. */
function isDue(card: HTMLElement, why: 'changed' | 'timer'): boolean {
  const seconds = Number(card.dataset.refresh)
  return seconds > 0 ? nowMs() - (shownAtMs.get(card.id) ?? lastAnswerMs) >= seconds * 1_000 : why === 'changed'
}

const idOf = (card: HTMLElement): string => card.id.replace('w-', '')

/** Asks for the board again; while an answer is on its way, once more after it. `timer`: only what has seconds of its own. */
export async function refresh(why: 'changed' | 'timer' = 'changed'): Promise<void> {
  const url = board()?.dataset.live
  if (!url || hasEnded) return
  if (isAsking || document.hidden || nowMs() < notBeforeMs) {
    isWanted ||= why === 'changed'
    return
  }
  const shown = cards()
  const later = shown.filter((card) => !isDue(card, why))
  if (shown.length > 0 && later.length === shown.length) return
  const skip = later.length > 0 ? `&skip=${later.map(idOf).join(',')}` : ''
  isAsking = true
  isWanted = false
  const askedMs = nowMs()
  try {
    await htmx().ajax('GET', url + skip, { target: '#board', swap: 'outerMorph' })
  } finally {
    const waitMs = Math.max(0, leastGapMs - (nowMs() - askedMs))
    window.setTimeout(() => {
      isAsking = false
      if (isWanted) void refresh()
    }, waitMs)
  }
}

/** Something came through: the stream is not only open, it works. */
function heard(event: MessageEvent<string>): void {
  lastHeardMs = nowMs()
  silences = 0
  if (event.lastEventId !== '') lastId = event.lastEventId
  if (isStreaming) return
  isStreaming = true
  showState()
}

function listenLater(delayMs: number): void {
  listenTimer = window.setTimeout(() => {
    listenTimer = 0
    listen()
  }, delayMs)
}

function listen(): void {
  const url = board()?.dataset.events
  if (!url || stream || listenTimer || hasEnded) return
  const source = new EventSource(lastId === '' ? url : `${url}?last_event_id=${encodeURIComponent(lastId)}`)
  stream = source
  lastHeardMs = nowMs()
  source.onerror = () => {
    isStreaming = false
    // the browser tries again by itself, unless it was refused
    lastHeardMs = nowMs()
    showState()
    if (source.readyState === EventSource.CLOSED) {
      stream = null
      listenLater(pollMs)
    }
  }
  source.addEventListener('beat', heard)
  source.addEventListener('changed', (event) => {
    heard(event)
    const { line_ids: changed = [] } = JSON.parse(event.data) as { line_ids?: number[] }
    const shown = new Set((board()?.dataset.lines ?? '').split(',').map(Number))
    if (changed.length === 0 || changed.some((lineId) => shown.has(lineId))) void refresh()
  })
  source.addEventListener('status', (event) => {
    heard(event)
    isPlantOffline = (JSON.parse(event.data) as { state?: string }).state === 'offline'
    showState()
  })
}

/** A machine that slept gets a new stream at once. Where a host holds streams back, the board is asked for every few seconds, and the stream tried
 *  again much later. */
function dropSilent(): void {
  if (stream === null || stream.readyState !== EventSource.OPEN || nowMs() - lastHeardMs < silentMs) return
  silences += 1
  stream.close()
  stream = null
  isStreaming = false
  showState()
  void refresh()
  listenLater(silences > 1 ? bufferedAgainMs : 0)
}

const readFigures = (): Map<string, string> =>
  new Map([...document.querySelectorAll('[data-figure]')].map((element) => [element.id, element.textContent ?? '']))

/** A figure that changed glows once, so that the eye finds it. */
function markChanged(): void {
  for (const element of document.querySelectorAll('[data-figure]')) {
    const before = figures.get(element.id)
    if (before === undefined || before === element.textContent) continue
    element.removeAttribute('data-ui-changed')
    requestAnimationFrame(() => element.setAttribute('data-ui-changed', ''))
  }
}

/** Cards that were not asked for stay as they are: the answer only holds their places. */
function keepCards(action: string): void {
  const skipped = new Set((new URL(action, location.href).searchParams.get('skip') ?? '').split(','))
  const answeredMs = nowMs()
  shownAtMs = new Map(cards().map((card) => [card.id, skipped.has(idOf(card)) ? (shownAtMs.get(card.id) ?? lastAnswerMs) : answeredMs]))
  for (const card of cards()) card.toggleAttribute('data-keep', skipped.has(idOf(card)))
}

/** A refused answer: the same is asked again by itself, as late as the server wants it. */
function wait(response: HtmxContext['response']): void {
  const seconds = Number(response?.raw.headers.get('retry-after') ?? Number.NaN)
  notBeforeMs = nowMs() + (seconds > 0 ? seconds * 1_000 : pollMs)
}

export function startLive(): void {
  if (!pill()) return
  const isLiveAnswer = (url: string) => new URL(url, location.href).pathname.endsWith('/live')
  let wasRefused = isRefused()
  if (wasRefused) wait(undefined)
  onHtmx('htmx:before:swap', (event) => {
    const { ctx } = event.detail
    wasRefused = isRefused()
    if (!isLiveAnswer(ctx.request.action)) return
    const status = ctx.response?.status ?? 0
    // an answer for a view that was left meanwhile, or a fault: what is on the screen stays
    const asked = new URL(ctx.request.action, location.href)
    asked.searchParams.delete('skip')
    const wanted = new URL(board()?.dataset.live ?? '', location.href)
    wanted.searchParams.delete('skip')
    hasFailed = status >= 400
    if (hasFailed) wait(ctx.response)
    if (status === 401) showSessionEnded()
    if (hasFailed || asked.href !== wanted.href) event.preventDefault()
    else {
      figures = readFigures()
      keepCards(ctx.request.action)
    }
  })
  onHtmx('htmx:after:swap', ({ detail: { ctx } }) => {
    restoreTables()
    if (ctx.target?.id !== 'board') return
    lastAnswerMs = nowMs()
    if (isLiveAnswer(ctx.request.action)) {
      // the first page could not be drawn, and has no filters either
      if (wasRefused && !document.querySelector('#filter-range')) location.reload()
      for (const card of cards()) card.removeAttribute('data-keep')
      markChanged()
    } else {
      shownAtMs.clear()
      hasFailed = (ctx.response?.status ?? 0) >= 400
      if (hasFailed) wait(ctx.response)
      else notBeforeMs = 0
    }
    listen()
    tickAges()
    showState()
  })
  onHtmx('htmx:error', ({ detail: { ctx } }) => {
    if (!ctx || !isLiveAnswer(ctx.request.action)) return
    hasFailed = true
    wait(undefined)
    showState()
  })
  window.setInterval(() => {
    tickAges()
    dropSilent()
    showState()
    if (hasFailed || isRefused()) void refresh()
    else if (cards().some((card) => card.dataset.refresh && isDue(card, 'timer'))) void refresh('timer')
  }, 1_000)
  window.setInterval(() => {
    if (!isStreaming) void refresh()
    else if (nowMs() - lastAnswerMs > idleRefreshMs) void refresh()
  }, pollMs)
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && (isWanted || nowMs() - lastAnswerMs > pollMs)) void refresh()
  })
  document.addEventListener('andon:session-ended', () => {
    hasEnded = true
    stream?.close()
    showState()
  })
  addEventListener('online', () => {
    notBeforeMs = 0
    void refresh()
  })
  addEventListener('offline', showState)
  addEventListener('pagehide', () => stream?.close())
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return
    stream = null
    listen()
    void redrawCharts()
  })
  listen()
  showState()
}
