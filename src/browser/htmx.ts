/** The few parts of htmx that our code touches, typed. */
export type HtmxContext = {
  readonly request: { action: string; method: string; headers: Record<string, string>; body?: FormData | URLSearchParams | null }
  readonly sourceElement?: Element
  /** In place of the browser's own. */
  fetch?: (url: string, request: HtmxContext['request']) => Promise<Response>
  readonly target?: Element | null
  readonly response?: { readonly status: number; readonly raw: Response }
  text?: string
  swap?: string
}
export type SwapTask = { target: Element | string; swapSpec: { style: string }; fragment: DocumentFragment }
export type HtmxEvent = CustomEvent<{ ctx: HtmxContext; tasks?: SwapTask[] }>

type Htmx = {
  ajax(
    method: string,
    url: string,
    options: { target: string; swap: string; source?: Element; headers?: Record<string, string> },
  ): Promise<void>
}

export const htmx = (): Htmx => (window as unknown as { htmx: Htmx }).htmx

export const onHtmx = (name: string, listener: (event: HtmxEvent) => void): void =>
  document.addEventListener(name, listener as EventListener)
