/** The timeline of an answer: strips of its lines, a page of them drawn. Pure. */
import { zoneOf } from '../../platform/time/index.ts'
import type { Facts } from '../facts/index.ts'
import type { PlantModel } from '../model/index.ts'
import { breakSpans, type Scope } from '../scope/index.ts'
import { drawStrip, type Strip } from './segments.ts'
import { stripSpans } from './strips.ts'

export type TimelinePage = { readonly strips: readonly Strip[]; readonly total: number; readonly pages: number }

/** `page` from 1; newest strips first. Only those of the page are drawn: a year of ten lines has ten thousand. */
export function timelinePage(
  model: PlantModel,
  scope: Scope,
  { stops, lines }: Pick<Facts, 'stops' | 'lines'>,
  page: number,
  size: number,
): TimelinePage {
  const zone = zoneOf(model.settings.timeZone)
  const spans = stripSpans(model, zone, scope)
  const shown = spans.slice((page - 1) * size, page * size)
  const stories = new Map(
    lines.map((own) => {
      const { lineId } = own.line
      const isSilent = own.status === 'no_data'
      return [
        lineId,
        { stops: stops.filter((stop) => stop.lineId === lineId), hasData: own.lastDetectionLocalS !== null, isSilent },
      ] as const
    }),
  )
  const strips = shown.flatMap((strip) => {
    const story = stories.get(strip.lineId)
    return story ? [drawStrip(strip, { ...story, breaks: breakSpans(model, zone, strip.span), nowS: scope.now.epochS })] : []
  })
  return { strips, total: spans.length, pages: Math.ceil(spans.length / size) }
}
