/** Layouts of an earlier installation number its own widgets: the same widgets have other numbers here. Pure. */

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

export type TranslatedLayout = { readonly layout: string; readonly unknownWidgetIds: readonly number[] }

/** Null when it is no JSON object. Widgets that the other catalogue does not know either are left out. */
export function translateLayout(stored: string, ownIds: ReadonlyMap<number, number>): TranslatedLayout | null {
  const layout = parse(stored)
  if (!isObject(layout)) return null
  const unknown: number[] = []
  const own = (id: unknown): number | null => {
    const theirs = Number(id)
    const found = ownIds.get(theirs)
    if (found === undefined) unknown.push(theirs)
    return found ?? null
  }
  const item = (entry: unknown): unknown[] => {
    if (!isObject(entry)) {
      const id = own(entry)
      return id === null ? [] : [id]
    }
    const id = own(entry.widget_id ?? entry.id)
    return id === null ? [] : [{ ...entry, ...('widget_id' in entry ? { widget_id: id } : { id }) }]
  }
  const lists = ['widgets', 'enabled_widget_ids', 'grid'].flatMap((key) =>
    Array.isArray(layout[key]) ? [[key, layout[key].flatMap(item)]] : [],
  )
  return { layout: JSON.stringify({ ...layout, ...Object.fromEntries(lists) }), unknownWidgetIds: unknown }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
