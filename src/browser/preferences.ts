/** Theme and language: the links work by themselves; here the theme changes without a reload. Other parts listen to `andon:theme`. */
import { on } from './dom.ts'

const yearS = 31_536_000

function keep(name: string, value: string): void {
  const path = new URL(document.body.dataset.base ?? '/', location.href).pathname
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and on plain http
  document.cookie = `${name}=${value}; Path=${path}; Max-Age=${yearS}; SameSite=Lax${secure}`
}

export function startPreferences(): void {
  on('click', '[data-theme-switch]', (_, event) => {
    event.preventDefault()
    const root = document.documentElement
    const theme = root.dataset.theme === 'dark' ? 'light' : 'dark'
    root.dataset.theme = theme
    keep('andon_theme', theme)
    document.dispatchEvent(new CustomEvent('andon:theme'))
  })
  on('click', '[data-language]', (link, event) => {
    event.preventDefault()
    keep('andon_lang', link.dataset.language ?? 'es')
    const here = new URL(location.href)
    here.searchParams.delete('lang')
    location.replace(here)
  })
  on('click', '[data-print]', () => window.print())
}
