/** A device in a few words, from what browsers say of themselves. Pure. */

const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPod/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
]
// Order matters: each of the later ones is named by the earlier ones too.
const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrom(?:e|ium)\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]

const firstOf = (known: readonly (readonly [RegExp, string])[], userAgent: string): string | undefined =>
  known.find(([shape]) => shape.test(userAgent))?.[1]

/** `Chrome, Windows`; the first word of what a program calls itself; null when it says nothing. */
export function deviceOf(userAgent: string): string | null {
  const found = [firstOf(browsers, userAgent), firstOf(systems, userAgent)].filter((word) => word !== undefined)
  if (found.length > 0) return found.join(', ')
  return /^[\w.-]{1,40}/.exec(userAgent)?.[0] ?? null
}
