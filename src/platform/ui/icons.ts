/** The icons the product uses, named as in Material Symbols and drawn on its 24 px grid as strokes, so that one weight serves all sizes.
 *  Inlined: no request, no font, and no style attribute (the CSP refuses those). */
import { type Html, html, raw } from './html.ts'

const paths = {
  account_circle:
    '<circle cx="12" cy="12" r="9"/><circle cx="12" cy="10" r="3"/><path d="M6.2 18.4c1.2-2 3.3-3.1 5.8-3.100s4.6 1.1 5.8 3.1"/>',
  add: '<path d="M12 5v14M5 12h14"/>',
  admin_panel_settings:
    '<path d="M12 3 5 6v5.500c0 4.3 2.9 7.7 7 9.5 4.1-1.8 7-5.2 7-9.500V6z"/><circle cx="12" cy="10" r="2"/><path d="M8.500 15.500c.8-1.300 2-2 3.5-2s2.7.7 3.5 2"/>',
  arrow_downward: '<path d="M12 5v14M6 13l6 6 6-6"/>',
  arrow_forward: '<path d="M5 12h14M13 6l6 6-6 6"/>',
  arrow_upward: '<path d="M12 19V5M6 11l6-6 6 6"/>',
  bar_chart: '<path d="M5 20V11M12 20V4M19 20v-6"/>',
  block: '<circle cx="12" cy="12" r="9"/><path d="M5.7 5.700l12.600 12.600"/>',
  bolt: '<path d="M13 3 5 14h6l-1 7 8-11h-6z"/>',
  calendar_month: '<rect x="4" y="5.5" width="16" height="15" rx="2"/><path d="M4 10h16M8 3v4M16 3v4"/>',
  check: '<path d="M5 12.5 10 17.5 19.5 7"/>',
  check_circle: '<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.7 5.2-5.5"/>',
  close: '<path d="M6 6l12 12M18 6 6 18"/>',
  content_copy:
    '<rect x="8.500" y="8.500" width="11" height="11" rx="1.5"/><path d="M15.500 5.500V6a1.5 1.5 0 0 0-1.5-1.500H6A1.5 1.5 0 0 0 4.500 6v8A1.5 1.5 0 0 0 6 15.500"/>',
  dark_mode: '<path d="M20 14.200A8 8 0 0 1 9.8 4 8.2 8.2 0 1 0 20 14.200z"/>',
  dashboard:
    '<rect x="4" y="4" width="7" height="9" rx="1.5"/><rect x="13.5" y="4" width="6.5" height="5.5" rx="1.5"/><rect x="4" y="15.5" width="7" height="4.5" rx="1.5"/><rect x="13.5" y="12" width="6.5" height="8" rx="1.5"/>',
  database: '<ellipse cx="12" cy="6" rx="7" ry="3"/><path d="M5 6v12c0 1.7 3.1 3 7 3s7-1.3 7-3V6M5 12c0 1.7 3.1 3 7 3s7-1.3 7-3"/>',
  delete: '<path d="M5 7h14M10 7V4.500h4V7M7 7l.8 12.500h8.400L17 7M10.500 10.500v6M13.500 10.500v6"/>',
  download: '<path d="M12 4v11M7 11l5 5 5-5M5 20h14"/>',
  edit: '<path d="M4.500 19.500l.8-4L15.500 5.300a2 2 0 0 1 2.800 0l.4.4a2 2 0 0 1 0 2.800L8.500 18.700zM13.500 7.300l3.200 3.200"/>',
  error: '<circle cx="12" cy="12" r="9"/><path d="M12 7.500v5.500M12 16.400v.1"/>',
  expand_more: '<path d="M6 9.5 12 15.5 18 9.5"/>',
  factory: '<path d="M4 20V10l5 3.500V10l5 3.500V5h6v15zM8 17h.1M12 17h.1M16 17h.1"/>',
  filter_list: '<path d="M4 7h16M7 12h10M10 17h4"/>',
  group:
    '<circle cx="9" cy="9" r="3"/><path d="M3.500 18.500c.6-3 2.7-4.500 5.500-4.500s4.9 1.500 5.500 4.500M15.500 6.300a3 3 0 0 1 0 5.400M17 14.300c1.9.6 3.1 2 3.500 4.200"/>',
  help: '<circle cx="12" cy="12" r="9"/><path d="M9.6 9.400a2.5 2.5 0 1 1 3.6 2.400c-.8.4-1.2.9-1.2 1.900M12 16.600v.1"/>',
  history: '<path d="M4 12a8 8 0 1 0 2.5-5.800L4 8.500M4 4v4.500h4.500M12 8v4.500l3 1.8"/>',
  inbox: '<path d="M4 13 6.5 5h11L20 13v5.500a1.5 1.5 0 0 1-1.5 1.500h-13A1.5 1.5 0 0 1 4 18.500zM4 13h4.500l1.2 2.500h4.600L15.5 13H20"/>',
  info: '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500M12 7.600v.1"/>',
  key: '<circle cx="8" cy="15.500" r="4"/><path d="m11 12.500 8-8M16 7.500l2.500 2.500M13.500 10l1.700 1.700"/>',
  language:
    '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c2.5 2.6 3.7 5.6 3.7 9s-1.2 6.4-3.7 9c-2.5-2.6-3.7-5.6-3.7-9S9.5 5.6 12 3z"/>',
  light_mode:
    '<circle cx="12" cy="12" r="4"/><path d="M12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M18.7 5.300l-1.4 1.400M6.7 17.300l-1.4 1.4"/>',
  lock: '<rect x="5.5" y="11" width="13" height="9" rx="2"/><path d="M8.5 11V8a3.5 3.5 0 0 1 7 0v3"/>',
  logout: '<path d="M10 4H6a1.5 1.5 0 0 0-1.5 1.500v13A1.5 1.5 0 0 0 6 20h4M10 12h10M16 8l4 4-4 4"/>',
  mail: '<rect x="3.500" y="5.500" width="17" height="13" rx="1.5"/><path d="m4 7 8 6 8-6"/>',
  menu: '<path d="M4 7h16M4 12h16M4 17h16"/>',
  more_vert: '<path d="M12 5.500v.1M12 12v.1M12 18.500v.1"/>',
  pause: '<path d="M9 6v12M15 6v12"/>',
  play_arrow: '<path d="M8 5.500v13l10.500-6.500z"/>',
  person_add:
    '<circle cx="10" cy="9" r="3.500"/><path d="M3.500 19.500c.7-3.500 3.1-5.200 6.500-5.200s5.800 1.700 6.500 5.200M18.500 7v6M15.500 10h6"/>',
  phone_android: '<rect x="7" y="3" width="10" height="18" rx="2"/><path d="M10.500 18h3"/>',
  print: '<path d="M7 9V4h10v5M7 17H4.500v-8h15v8H17M7 14.500h10V20H7z"/>',
  refresh: '<path d="M20 12a8 8 0 1 1-2.5-5.800L20 8.500M20 4v4.500h-4.5"/>',
  schedule: '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.500l3.5 2"/>',
  search: '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>',
  settings: '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>',
  show_chart: '<path d="M3.5 17 9 10.500l4 4L20.5 6"/>',
  stop: '<rect x="6.5" y="6.5" width="11" height="11" rx="1.5"/>',
  swap_vert: '<path d="M8 5v14M5 8l3-3 3 3M16 19V5M13 16l3 3 3-3"/>',
  trending_flat: '<path d="M4 12h15M15 8l4 4-4 4"/>',
  tv: '<rect x="3" y="5" width="18" height="12" rx="1.5"/><path d="M9 20.500h6M12 17v3.500"/>',
  unfold_more: '<path d="M8 9.5 12 5.500l4 4M8 14.500l4 4 4-4"/>',
  verified: '<path d="M12 3 5 6v5.500c0 4.3 2.9 7.7 7 9.5 4.1-1.8 7-5.2 7-9.500V6z"/><path d="m9 12 2.2 2.200L15.2 10"/>',
  warning: '<path d="M12 4 2.8 20h18.400zM12 10v4.500M12 17.100v.1"/>',
  wifi_off: '<path d="M4 4l16 16M5 12.500a10 10 0 0 1 4-2.500M12 9.500c2.6 0 5 1 7 3M8.5 16a5 5 0 0 1 5.2-1.100M12 19.500v.1"/>',
  zoom_out_map: '<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>',
} as const

export type IconName = keyof typeof paths

const markup = new Map<string, Html>()

/** Decorative: the text or `aria-label` beside it carries the meaning. Size follows the font unless `size` says 16, 20 or 24. */
export const icon = (name: IconName, size: 16 | 20 | 24 = 20): Html => {
  const key = `${name}/${size}`
  const known = markup.get(key)
  if (known) return known
  // raw: constants of this file only
  const made = raw(
    `<svg class="icon" width="${size}" height="${size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${paths[name]}</svg>`,
  )
  markup.set(key, made)
  return made
}

export const isIconName = (name: string): name is IconName => Object.hasOwn(paths, name)

/** For callers whose icon name is data (navigation): an unknown one draws nothing. */
export const iconOrNothing = (name: string, size: 16 | 20 | 24 = 20): Html => (isIconName(name) ? icon(name, size) : html``)
