/** JSON in text columns: one codec for our tables and for whatever a customer's database holds. */

export type DecodedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly text: string }

/** Text that is not JSON is reported, not thrown: one bad row must not take a page down. NULL, '' and blanks are null.
 *  JSON inside a JSON text (written twice by mistake) is opened, objects and lists only: "12" in quotes may be meant as text. */
export function decodeJson(stored: unknown): DecodedJson {
  if (stored === null || stored === undefined) return { ok: true, value: null }
  if (stored instanceof Uint8Array) return decodeJson(Buffer.from(stored).toString('utf8'))
  if (typeof stored !== 'string') return { ok: true, value: stored }
  if (stored.trim() === '') return { ok: true, value: null }
  try {
    return { ok: true, value: openNested(JSON.parse(stored)) }
  } catch {
    return { ok: false, text: stored }
  }
}

export const encodeJson = (value: unknown): string => JSON.stringify(value ?? null)

function openNested(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{"]/.test(value)) return value
  try {
    return openNested(JSON.parse(value))
  } catch {
    return value
  }
}
