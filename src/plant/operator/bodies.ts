/** What the forms of the operator's view send, and what they are answered. */
import { type Static, Type } from 'typebox'

const id = Type.Integer({ minimum: 1, maximum: 9_007_199_254_740_991 })
const optionalId = Type.Optional(id)
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

/** Who answers for it: only screens ask (`identity/signing`). */
const signature = {
  signer: optionalId,
  pin: text(8),
  pad_id: text(40),
  covered_pin: text(40),
}
const always = {
  line_id: id,
  /** One per action, made by the page: however often it is sent, it is done once. */
  idempotency_key: Type.String({ minLength: 16, maxLength: 64, pattern: '^[\\w.-]+$' }),
  /** Epoch milliseconds: when it was asked for, where it had to wait for the network. */
  acted_at_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 9_007_199_254_740_991 })),
}

/** A stored stop by its id and the version that was seen; a calculated one by an instant (epoch seconds) inside it. */
export const ExplainBody = Type.Object({
  ...always,
  ...signature,
  event_id: optionalId,
  version: text(100),
  at_s: Type.Optional(Type.Integer()),
  reason_code: optionalId,
  reason_text: text(500),
})
/** Wall times of the last 24 hours, `HH:MM`. */
export const StopBody = Type.Object({
  ...always,
  ...signature,
  start_time: Type.String({ maxLength: 8 }),
  end_time: Type.String({ maxLength: 8 }),
  reason_code: optionalId,
  reason_text: text(500),
})
export const ScrapBody = Type.Object({
  ...always,
  ...signature,
  /** Empty = not said. */
  product_id: Type.Optional(Type.Union([id, Type.Literal('')])),
  quantity: Type.Integer(),
  reason: text(400),
})
export const WithdrawalBody = Type.Object({ ...always, ...signature, note_id: id })

export type ExplainBody = Static<typeof ExplainBody>
export type StopBody = Static<typeof StopBody>
export type ScrapBody = Static<typeof ScrapBody>
export type WithdrawalBody = Static<typeof WithdrawalBody>

/** `pending`: a stop that goes on is explained once it is over. */
export const Done = Type.Object({ outcome: Type.Union([Type.Literal('stored'), Type.Literal('pending')]) })
export type Done = Static<typeof Done>
