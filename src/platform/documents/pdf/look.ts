/** Colours and measures of paper: the light theme's, in points. */
import type { Tone } from '../document.ts'
import type { Style } from './pen.ts'

export const ink = { text: '#1e293b', soft: '#4b5a70', faint: '#5f6e84', line: '#dbe2ea', fill: '#f3f5f8', accent: '#1a5bb5' } as const
export const toneInk: Readonly<Record<Tone, string>> = { neutral: ink.soft, good: '#047857', bad: '#c2202a', warning: '#9a4c06' }

/** A4, landscape. */
export const page = { width: 841.89, height: 595.28, margin: 36, headHeight: 26, footHeight: 24 } as const
export const content = {
  x: page.margin,
  width: page.width - 2 * page.margin,
  top: page.margin + page.headHeight,
  bottom: page.height - page.margin - page.footHeight,
} as const

export const styles = {
  title: { size: 18, weight: 600, color: ink.text },
  heading: { size: 11.5, weight: 600, color: ink.text },
  body: { size: 8.5, color: ink.text },
  strong: { size: 8.5, weight: 600, color: ink.text },
  small: { size: 7.5, color: ink.faint },
  head: { size: 7.5, weight: 600, color: ink.soft },
  figure: { size: 19, weight: 600, color: ink.text },
} as const satisfies Record<string, Style>

/** From one block to the next. */
export const gap = 12
