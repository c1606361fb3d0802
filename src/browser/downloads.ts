/** A file that takes some seconds to make (`data-download`; `data-download-busy`: what the link says meanwhile): it is not asked for twice, and a refusal
 *  is told in words instead of replacing the page. Without the script the link downloads by itself. */
import { make, on } from './dom.ts'
import { showToast } from './toasts.ts'

export const nameOf = (response: Response): string =>
  /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'andon'

/** The words of a problem document; without one (the session may have ended meanwhile), that the request failed. */
export async function refusalOf(response: Response): Promise<string> {
  try {
    const { detail, title } = (await response.json()) as { detail?: string; title?: string }
    return detail ?? title ?? ''
  } catch {
    return document.body.dataset.failedText ?? ''
  }
}

export function keep(blob: Blob, name: string): void {
  const link = make('a', '')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

async function download(link: HTMLAnchorElement): Promise<void> {
  if (link.getAttribute('aria-busy') === 'true') return
  const label = link.querySelector('span')
  const words = label?.textContent ?? ''
  link.setAttribute('aria-busy', 'true')
  if (label) label.textContent = link.dataset.downloadBusy ?? words
  try {
    const response = await fetch(link.href, { headers: { accept: 'application/problem+json' } })
    if (response.ok && response.headers.has('content-disposition')) keep(await response.blob(), nameOf(response))
    else showToast(await refusalOf(response))
  } catch {
    showToast(document.body.dataset.failedText ?? '')
  } finally {
    link.removeAttribute('aria-busy')
    if (label) label.textContent = words
  }
}

export function startDownloads(): void {
  on('click', 'a[data-download]', (element, event) => {
    const link = element.closest<HTMLAnchorElement>('a[data-download]')
    if (!link) return
    event.preventDefault()
    void download(link)
  })
}
