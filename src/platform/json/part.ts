/** `data.items.0.price` of a value; '' = all of it, undefined = there is no such part. Own members only. */
export function partOf(value: unknown, path: string): unknown {
  let part = value
  for (const name of path === '' ? [] : path.split('.')) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, name)) return undefined
    part = (part as Record<string, unknown>)[name]
  }
  return part
}
