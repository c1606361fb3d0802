/** Which stop the reasons go to: the one that somebody picked, or the first open one whose explanation is not on its way. */
import { setText } from '../dom.ts'

type StopData = {
  readonly key: string
  readonly title: string
  readonly event_id?: number
  readonly version?: string
  readonly at_s?: number
}

const explainForm = () => document.querySelector<HTMLFormElement>('[data-op-form="explain"]')

/** What the person chose by hand, until it is done. */
let picked: StopData | null = null
export const forgetPicked = (): void => {
  picked = null
}

const stopOf = (element: HTMLElement): StopData => JSON.parse(element.dataset.opStop ?? '{}') as StopData

function setTarget(stop: StopData | null): void {
  const form = explainForm()
  const title = document.querySelector<HTMLElement>('[data-op-title]')
  if (!form || !title) return
  form.hidden = stop === null
  form.dataset.key = stop?.key ?? ''
  setText(title, stop?.title ?? title.dataset.none ?? '')
  for (const name of ['event_id', 'version', 'at_s'] as const) {
    const input = form.elements.namedItem(name)
    if (!(input instanceof HTMLInputElement)) continue
    input.disabled = stop?.[name] === undefined
    input.value = String(stop?.[name] ?? '')
  }
}

/** A stop that somebody is about to explain stays under their finger, whatever happens elsewhere: the server tells if another was faster. */
function isExplaining(): boolean {
  const form = explainForm()
  if (!form || form.hidden) return false
  const text = form.elements.namedItem('reason_text')
  return picked !== null || form.querySelector('details[open]') !== null || (text instanceof HTMLInputElement && text.value !== '')
}

/** `waiting`: keys of stops whose explanation is in the queue. */
export function chooseTarget(waiting: ReadonlySet<unknown>): void {
  if (isExplaining()) return
  const open = [...document.querySelectorAll<HTMLElement>('[data-op-stop][data-open]')].map(stopOf)
  setTarget(open.find(({ key }) => !waiting.has(key)) ?? null)
}

export function pick(element: HTMLElement, event: Event): void {
  event.preventDefault()
  picked = stopOf(element)
  setTarget(picked)
  const panel = document.querySelector<HTMLElement>('#explain')
  panel?.scrollIntoView({ block: 'start' })
  panel?.querySelector<HTMLElement>('.op-reason')?.focus({ preventScroll: true })
}
