/** Colours and type of the page, read from its style sheet: one source for both themes. */
export type Theme = {
  readonly text: string
  readonly text2: string
  readonly text3: string
  readonly line: string
  readonly surface: string
  readonly float: string
  readonly accent: string
  readonly stops: Readonly<Record<string, string>>
  readonly isDark: boolean
}

export const font = 'Inter, system-ui, sans-serif'

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement)
  const value = (name: string) => style.getPropertyValue(name).trim()
  return {
    text: value('--text'),
    text2: value('--text-2'),
    text3: value('--text-3'),
    line: value('--line'),
    surface: value('--surface'),
    float: value('--surface-hover'),
    accent: value('--accent'),
    stops: {
      db_confirmed: value('--success'),
      db_unconfirmed: '#f97316',
      calculated: value('--error'),
      live: value('--error'),
      planned: value('--text-3'),
    },
    isDark: document.documentElement.dataset.theme !== 'light',
  }
}

export const axisLabel = (theme: Theme) => ({ color: theme.text2, fontSize: 11, fontFamily: font })

export const tooltip = (theme: Theme) => ({
  renderMode: 'richText' as const,
  backgroundColor: theme.isDark ? '#0b1220' : '#ffffff',
  borderColor: theme.line,
  borderWidth: 1,
  borderRadius: 8,
  padding: [10, 12],
  textStyle: {
    color: theme.text,
    fontSize: 12,
    fontFamily: font,
    lineHeight: 18,
    rich: {
      head: { fontWeight: 600, fontSize: 12, lineHeight: 22, color: theme.text },
      name: { width: 150, color: theme.text2, fontSize: 12, overflow: 'truncate' as const },
      value: { width: 64, align: 'right' as const, fontWeight: 600, fontSize: 12, color: theme.text },
      note: { color: theme.text2, fontSize: 12, lineHeight: 18 },
    },
  },
  confine: true,
  transitionDuration: 0,
})

/** Marks of the rich text language must not come from data. */
export const safe = (text: string): string => text.replace(/[{}|]/g, ' ')
export const short = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text)
