/** Colours of the charts (spec plant 5.2): the customer's when it is one, else one of the palette, the same for the same product. */
export const palette = ['#3b82f6', '#22c55e', '#ef4444', '#f59e0b', '#8b5cf6', '#ec4899', '#14b8a6', '#f97316'] as const

const hex = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i

export const paletteColor = (index: number): string => palette[Math.abs(index) % palette.length] ?? palette[0]

/** `#RRGGBB`. A word ("Rojo"), an empty text or markup is no colour: `fallbackIndex` chooses from the palette instead. */
export const displayColor = (stored: string | null, fallbackIndex: number): string => {
  const color = stored?.trim() ?? ''
  if (!hex.test(color)) return paletteColor(fallbackIndex)
  return color.length === 4 ? `#${[...color.slice(1)].map((digit) => digit + digit).join('')}` : color
}

/** `rgba()` of a `#RRGGBB` colour. */
export const withAlpha = (color: string, alpha: number): string => {
  const channel = (from: number): number => Number.parseInt(color.slice(from, from + 2), 16)
  return `rgba(${channel(1)}, ${channel(3)}, ${channel(5)}, ${alpha})`
}
