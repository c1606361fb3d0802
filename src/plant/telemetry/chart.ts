/** A small chart as a picture: three lines over a day. It has its own dark ground, so that it reads the same in both themes. */
import type { Sample } from './telemetry.ts'

export type Curve = { readonly label: string; readonly colour: string; readonly value: (sample: Sample) => number | null }

/** Small, so that the text can still be read on a phone. */
const [width, height] = [480, 200]
const plot = { left: 56, right: 12, top: 34, bottom: 26 }

const escaped = (text: string): string => text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** `max`: of the scale. A gap in the samples is a gap in the line. */
export function chartSvg(
  samples: readonly Sample[],
  curves: readonly Curve[],
  { max, unit, timeOf }: { readonly max: number; readonly unit: string; readonly timeOf: (atMs: number) => string },
): string {
  const [from, to] = [samples[0]?.atMs ?? 0, samples.at(-1)?.atMs ?? 1]
  const spanMs = Math.max(1, to - from)
  const x = (atMs: number) => plot.left + ((atMs - from) / spanMs) * (width - plot.left - plot.right)
  const y = (value: number) => height - plot.bottom - (Math.min(Math.max(value, 0), max) / max) * (height - plot.top - plot.bottom)
  const gapMs = Math.max(10 * 60_000, (3 * spanMs) / Math.max(1, samples.length))
  const path = ({ value }: Curve): string => {
    let isDown = false
    let beforeMs = Number.NEGATIVE_INFINITY
    return samples
      .flatMap((sample) => {
        const read = value(sample)
        if (read === null) {
          isDown = false
          return []
        }
        const move = isDown && sample.atMs - beforeMs <= gapMs ? 'L' : 'M'
        isDown = true
        beforeMs = sample.atMs
        return [`${move}${x(sample.atMs).toFixed(1)} ${y(read).toFixed(1)}`]
      })
      .join('')
  }
  const scale = [0, max / 2, max].map(
    (value) =>
      `<line x1="${plot.left}" x2="${width - plot.right}" y1="${y(value)}" y2="${y(value)}" stroke="#334155"/><text x="${plot.left - 8}" y="${y(value) + 4}" text-anchor="end">${value}${escaped(unit)}</text>`,
  )
  const times = [from, from + spanMs / 2, to].map(
    (atMs, at) => `<text x="${x(atMs)}" y="${height - 8}" text-anchor="${['start', 'middle', 'end'][at]}">${escaped(timeOf(atMs))}</text>`,
  )
  const legend = curves.map(
    ({ label, colour }, at) =>
      `<circle cx="${plot.left + 6 + at * 130}" cy="16" r="5" fill="${colour}"/><text x="${plot.left + 18 + at * 130}" y="20" fill="#f1f5f9">${escaped(label)}</text>`,
  )
  const lines = curves.map(
    (curve) => `<path d="${path(curve)}" fill="none" stroke="${curve.colour}" stroke-width="2" stroke-linejoin="round"/>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Inter, system-ui, sans-serif" font-size="13" fill="#cbd5e1"><rect width="${width}" height="${height}" rx="10" fill="#0f172a"/>${[...scale, ...times, ...legend, ...lines].join('')}</svg>`
}

export const asImage = (svg: string): string => `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
