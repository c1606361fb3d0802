/** Colours and type of the page, read from its style sheet: one source for both themes. */
export type Theme = {
  readonly text: string
  readonly text2: string
  readonly text3: string
  readonly line: string
  readonly surface: string
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

/** What shows the place on an axis under the pointer. The box beside it is ours (`tip.ts`): ECharts' tooltip would make HTML. */
export const axisPointer = { show: true, triggerTooltip: false, label: { show: false } }
export const shadowPointer = { ...axisPointer, type: 'shadow', shadowStyle: { color: 'rgba(148,163,184,0.12)' } }
