/** What every page view is given besides its model: language, where it is mounted, and what the CSP asks for. */
import type { Language } from '../i18n/i18n.ts'
import type { Html } from './html.ts'

export type PageContext = {
  readonly language: Language
  readonly theme: 'dark' | 'light'
  /** For every script element and every element with an hx-* attribute. */
  readonly nonce: string
  readonly csrfToken: string
  /** Adds BASE_PATH: `href="${page.url('/login')}"`. */
  readonly url: (path: string) => string
  /** Hashed file of the browser build: `page.asset('app.js')`, already with BASE_PATH. */
  readonly asset: (name: string) => string
  /** Path and query of this request, for language and theme switches that come back to the same view. */
  readonly here: string
  /** Warning bars above the page (insecure LAN, stale data…), already translated. */
  readonly banners: readonly Html[]
  readonly user: {
    readonly name: string
    readonly companies: readonly { readonly slug: string; readonly name: string }[]
    /** Path of their picture, below BASE_PATH. */
    readonly avatar?: string | null
    /** `logo`: path, below BASE_PATH. `color`: #RRGGBB. */
    readonly company: { readonly slug: string; readonly name: string; readonly logo?: string | null; readonly color?: string | null } | null
    /** A television or tablet: nobody's account, so no menu of one. */
    readonly isScreen?: boolean
    /** Whole seconds until this browser's session ends if nothing more is done in it. */
    readonly sessionEndsInS?: number
  } | null
}

export type NavItem = {
  readonly href: string
  readonly label: string
  readonly icon: string
  readonly isCurrent: boolean
  /** What waits there, with its words for who cannot see the mark. */
  readonly waiting?: { readonly count: number; readonly label: string } | undefined
}
export type Shell = {
  readonly page: PageContext
  readonly title: string
  readonly nav: readonly NavItem[]
  readonly body: Html
  /** Left panel: 320 px wide, a drawer below 1024 px. The body must hold a link to `#{asideId}` that opens it. */
  readonly aside?: { readonly id: string; readonly label: string; readonly content: Html }
  /** Beside the navigation, such as the live pill. */
  readonly status?: Html
}
