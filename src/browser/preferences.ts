/** Theme and language: the links work by themselves; here the theme changes without a reload. Other parts listen to `andon:theme`. */
import { on } from './dom.ts'

const yearS = 31_536_000

function keep(name: string, value: string): void {
  const isSecure = location.protocol === 'https:'
  const base = new URL(document.body.dataset.base ?? '/', location.href).pathname.replace(/(.)\/$/, '$1')
  // `__Host-` asks for the whole site; see preferenceCookie of the server.
  const written = isSecure ? `__Host-${name}=${value}; Path=/; Secure` : `${name}=${value}; Path=${base}`
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and on plain http
  document.cookie = `${written}; Max-Age=${yearS}; SameSite=Lax`
}

/** Somebody signed in finds the choice on their other devices; failing to tell the server changes nothing here. */
async function tell(choice: Readonly<Record<string, string>>): Promise<void> {
  const { preferences, csrf = '' } = document.body.dataset
  if (!preferences) return
  await fetch(preferences, {
    method: 'POST',
    body: new URLSearchParams(choice),
    headers: { 'X-CSRF-Token': csrf },
    redirect: 'manual',
    keepalive: true,
  }).catch(() => {})
}

export function startPreferences(): void {
  on('click', '[data-theme-switch]', (_, event) => {
    event.preventDefault()
    const root = document.documentElement
    const theme = root.dataset.theme === 'dark' ? 'light' : 'dark'
    root.dataset.theme = theme
    keep('andon_theme', theme)
    void tell({ theme })
    document.dispatchEvent(new CustomEvent('andon:theme'))
  })
  on('click', '[data-language]', async (link, event) => {
    event.preventDefault()
    const language = link.dataset.language ?? 'es'
    keep('andon_lang', language)
    await tell({ language })
    const here = new URL(location.href)
    here.searchParams.delete('lang')
    location.replace(here)
  })
  on('click', '[data-print]', () => window.print())
}
