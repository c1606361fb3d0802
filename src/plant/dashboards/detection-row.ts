/** One detection with its words, for programs: the dashboard's raw rows and the lists of detections show the same. */
import type { Static } from 'typebox'
import { type Language, translator } from '../../platform/i18n/index.ts'
import type { Line, PlantModel } from '../model/index.ts'
import { messages } from './messages.ts'
import type { RawDetectionSchema } from './schemas.ts'
import { displayColor } from './widgets/colors.ts'
import { localIso } from './widgets/local-time.ts'

export type DetectionRow = Static<typeof RawDetectionSchema>

type Seen = { readonly line: Line; readonly id: number; readonly localS: number; readonly areaId: number; readonly productId: number }

/** What is in no catalogue is "unknown" in words, and keeps its number. */
export const detectionRows = (model: PlantModel, language: Language): ((seen: Seen) => DetectionRow) => {
  const t = translator(messages, language)
  return ({ line, id, localS, areaId, productId }) => {
    const area = line.areas.find((one) => one.areaId === areaId)
    const product = model.products.get(productId)
    return {
      detection_id: id,
      detected_at: localIso(localS),
      line_id: line.lineId,
      line_name: line.lineName,
      line_code: line.lineCode,
      area_id: areaId,
      area_name: area?.areaName ?? t('area.unknown'),
      area_type: area?.areaType ?? 'unknown',
      product_id: productId,
      product_name: product?.productName ?? t('product.unknown'),
      product_code: product?.productCode ?? '',
      product_color: product ? displayColor(product.productColor, product.productId) : '#888888',
      product_weight: (product?.weightCentikg ?? 0) / 100,
    }
  }
}
