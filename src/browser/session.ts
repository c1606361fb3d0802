/** The end of a browser's session: renewed while somebody works, announced five minutes before, then back to the sign-in and to this very page. */
import { nowMs } from './clock.ts'
import { renewCsrf } from './csrf.ts'
import { make } from './dom.ts'

const warnS = 300
/** The server prolongs a session at most this often, too. */
const renewGapMs = 300_000
const checkMs = 5_000

let endsAtMs = 0
let renewedAtMs = nowMs()
let isActive = false
let isAsking = false

const { dataset } = document.body
const leftS = (): number => (endsAtMs - nowMs()) / 1_000
const box = () => document.querySelector<HTMLDialogElement>('#session-ending')

const clockText = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.max(0, Math.floor(seconds % 60))).padStart(2, '0')}`

function leave(): void {
  // nothing on the page asks whether to stay
  document.dispatchEvent(new CustomEvent('andon:session-ended'))
  location.assign(`${dataset.base ?? '/'}login?next=${encodeURIComponent(location.pathname + location.search)}`)
}

/** Other windows may have prolonged it, or ended it: the server knows. */
async function ask(path: 'session' | 'session/renewal'): Promise<void> {
  if (isAsking) return
  isAsking = true
  try {
    const isRenewal = path === 'session/renewal'
    const send = () =>
      fetch(`${dataset.base ?? '/'}api/v1/auth/${path}`, {
        method: isRenewal ? 'POST' : 'GET',
        headers: { accept: 'application/json', ...(isRenewal && { 'x-csrf-token': dataset.csrf ?? '' }) },
      })
    let response = await send()
    if (response.status === 403 && (await renewCsrf())) response = await send()
    if (response.status === 401) return leave()
    if (!response.ok) return
    const { idle_expires_in: seconds } = (await response.json()) as { readonly idle_expires_in: number }
    endsAtMs = nowMs() + seconds * 1_000
    if (isRenewal) renewedAtMs = nowMs()
    if (seconds > warnS) box()?.remove()
  } catch {
    // without network nothing is known: the next look asks again
  } finally {
    isAsking = false
  }
}

function warn(): void {
  const known = box()
  const text = (dataset.endingText ?? '').replace('{time}', clockText(leftS()))
  if (known) {
    const line = known.querySelector('p')
    if (line) line.textContent = text
    return
  }
  const dialog = make('dialog', 'dialog dialog--small')
  dialog.id = 'session-ending'
  const body = make('div', 'dialog__body stack')
  const stay = make('button', 'btn btn--primary', dataset.endingStay)
  stay.type = 'button'
  stay.addEventListener('click', () => void ask('session/renewal'))
  body.append(make('h2', 'dialog__title', dataset.endingTitle), make('p', 'muted', text), stay)
  dialog.append(body)
  dialog.addEventListener('cancel', () => void ask('session/renewal'))
  document.body.append(dialog)
  dialog.showModal()
}

async function look(): Promise<void> {
  if (isActive && nowMs() - renewedAtMs >= renewGapMs && !box()) {
    isActive = false
    await ask('session/renewal')
  }
  if (leftS() > warnS) return
  // What this window counted may be old: asked once before the warning, and once before leaving.
  if (!box() || leftS() <= 0) await ask('session')
  if (leftS() <= 0) return leave()
  if (leftS() <= warnS) warn()
}

export function startSession(): void {
  const seconds = Number(dataset.sessionEnds)
  if (!dataset.sessionEnds || !Number.isFinite(seconds)) return
  endsAtMs = nowMs() + seconds * 1_000
  for (const type of ['pointerdown', 'keydown'] as const)
    document.addEventListener(type, () => {
      isActive = true
    })
  // Timers sleep with the machine; coming back to the window looks at once.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void look()
  })
  document.addEventListener('andon:session-ended', () => box()?.remove())
  setInterval(() => void look(), checkMs)
}
