/** The board of the hall, on a television that nobody touches for weeks: asks for itself every few seconds, turns its pages, keeps its clock, says
 *  when what it shows is old, moves a little so that nothing burns in, and loads itself anew when the server has a new version. */
import { nowMs } from './clock.ts'
import { clockText, on, setText, wallText } from './dom.ts'
import { htmx, onHtmx } from './htmx.ts'

const everyMs = 5_000
const longestMs = 30_000
/** Older than this is said to be. */
const staleMs = 30_000
const stillMs = 5_000
const driftMs = 60_000
/** Nobody can promise what a browser keeps after a hundred thousand answers: a fresh page, while the server is there to give one. */
const freshMs = 12 * 3_600_000

const root = () => document.querySelector<HTMLElement>('#tv')
const part = <E extends HTMLElement = HTMLElement>(name: string) => document.querySelector<E>(`[data-tv-${name}]`)
const pages = () => [...document.querySelectorAll<HTMLElement>('[data-tv-page]')]

const loadedMs = nowMs()
let answeredMs = nowMs()
let failures = 0
let hasRefused = false
let shown = 0
let shownMs = nowMs()
let isPaused = false
const version = root()?.dataset.version ?? ''

async function refresh(): Promise<void> {
  const url = root()?.dataset.live
  if (!url) return
  failures += 1 // taken back by the answer
  try {
    await htmx().ajax('GET', url, { target: '#tv', swap: 'outerMorph' })
  } finally {
    setTimeout(() => void refresh(), Math.min(longestMs, everyMs * Math.max(1, failures)))
  }
}

/** Screens that loaded together do not load anew together. */
function renewIfOutdated(): void {
  if (root()?.dataset.version !== version || nowMs() - loadedMs > freshMs)
    setTimeout(() => location.reload(), 1_000 + Math.random() * 9_000)
}

/** A refresh shows the same page again, and its time goes on. */
function show(page: number): void {
  const all = pages()
  shown = all.length === 0 ? 0 : page % all.length
  for (const [at, element] of all.entries()) element.toggleAttribute('data-ui-off', at !== shown)
  const where = part('where')
  setText(where, (where?.dataset.text ?? '').replace('{page}', String(shown + 1)).replace('{pages}', String(all.length)))
}

function turnTo(page: number): void {
  shownMs = nowMs()
  show(page)
}

function setPaused(paused: boolean): void {
  isPaused = paused
  shownMs = nowMs()
  const button = part('pause')
  if (!button) return
  button.setAttribute('aria-pressed', String(paused))
  button.setAttribute('aria-label', (paused ? button.dataset.resumeText : button.dataset.pauseText) ?? '')
}

function tick(): void {
  const { nowLocalS = '0', everyS = '15', staleText = '', refusedText = '' } = root()?.dataset ?? {}
  const ageMs = nowMs() - answeredMs
  setText(part('clock'), wallText(Number(nowLocalS) + ageMs / 1_000))
  for (const element of document.querySelectorAll<HTMLElement>('[data-tick-s]'))
    setText(element, clockText(Number(element.dataset.tickS) + (ageMs < staleMs ? ageMs / 1_000 : 0)))
  const stale = part('stale')
  if (stale) {
    stale.hidden = ageMs < staleMs
    if (!stale.hidden) setText(stale, (hasRefused ? refusedText : staleText).replace('{time}', wallText(Number(nowLocalS))))
  }
  if (!isPaused && pages().length > 1 && nowMs() - shownMs >= Number(everyS) * 1_000) turnTo(shown + 1)
}

const steps = [
  [0, 0],
  [0.3, 0],
  [0.3, 0.3],
  [0, 0.3],
  [-0.3, 0.3],
  [-0.3, 0],
  [-0.3, -0.3],
  [0, -0.3],
] as const
let step = 0
function drift(): void {
  step = (step + 1) % steps.length
  const [x, y] = steps[step] ?? [0, 0]
  const element = root()
  if (element) element.style.translate = `${x}vmin ${y}vmin`
}

function hideStillPointer(): void {
  let timer = 0
  const wake = (): void => {
    document.body.removeAttribute('data-still')
    clearTimeout(timer)
    timer = window.setTimeout(() => document.body.setAttribute('data-still', ''), stillMs)
  }
  document.addEventListener('pointermove', wake)
  wake()
}

export function startBoard(): void {
  onHtmx('htmx:before:swap', (event) => {
    const { ctx } = event.detail
    hasRefused = (ctx.response?.status ?? 0) >= 400
    if (hasRefused) event.preventDefault() // what is on the screen stays
  })
  onHtmx('htmx:after:swap', () => {
    if (hasRefused) return
    answeredMs = nowMs()
    failures = 0
    performance.clearResourceTimings() // one entry per refresh
    renewIfOutdated()
    show(shown)
    tick()
  })
  on('click', '[data-tv-pause]', () => setPaused(!isPaused))
  on('click', '[data-tv-next]', () => turnTo(shown + 1))
  document.addEventListener('keydown', (event) => {
    const isOnButton = event.target instanceof HTMLButtonElement
    if (event.key === ' ' && !isOnButton) setPaused(!isPaused)
    if (event.key === 'ArrowRight') turnTo(shown + 1)
  })
  addEventListener('online', () => {
    failures = 0
  })
  setInterval(tick, 1_000)
  setInterval(drift, driftMs)
  setTimeout(() => void refresh(), everyMs)
  hideStillPointer()
  turnTo(0)
  tick()
}
