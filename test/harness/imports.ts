/** Reads the imports of src/ itself: TypeScript 7 has no API to ask, and the statements are regular enough. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

export type Import = { readonly from: string; readonly to: string; readonly isTypeOnly: boolean }

const root = path.join(import.meta.dirname, '../..')

// `import … from '…'`, `export … from '…'`, `import('…')`, `import '…'`; a statement may run over lines.
const statements = /^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm

/** `import { type A, type B }` brings no code either. */
const namesTypesOnly = (statement: string): boolean => {
  const names = /\{([^}]*)\}/.exec(statement)?.[1] ?? 'code'
  return names.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '))
}

/** Every import between our own source files, tests left out; paths from the repository's root. */
export function readImports(): readonly Import[] {
  const files = globSync('src/**/*.ts', { cwd: root }).filter(
    (file) => !/\.(test|fixture)\.ts$/.test(file) && !file.startsWith('src/browser/'),
  )
  return files.flatMap((from) =>
    [...readFileSync(path.join(root, from), 'utf8').matchAll(statements)].map(([statement, type, named, dynamic]) => ({
      from,
      to: path.posix.join(path.posix.dirname(from), named ?? dynamic ?? ''),
      isTypeOnly: type !== undefined || (dynamic === undefined && namesTypesOnly(statement)),
    })),
  )
}

export const houses = ['platform', 'identity', 'plant', 'app'] as const
export type House = (typeof houses)[number]

/** `src/plant/scope/parse.ts` → plant. What is in no house puts the others together: app. */
export const houseOf = (file: string): House => houses.find((house) => file.startsWith(`src/${house}/`)) ?? 'app'

// What a house puts together from its modules, as opposed to the words that its modules share.
const doors = ['index.ts', 'routes.ts', 'jobs.ts']

/** `src/plant/scope/parse.ts` → plant/scope; `src/identity/index.ts` → identity; `src/identity/actor.ts` → identity/words. */
export const moduleOf = (file: string): string => {
  const house = houseOf(file)
  const [, , room = '', inner] = file.split('/')
  if (house === 'app') return 'app'
  if (inner !== undefined) return `${house}/${room}`
  return doors.includes(room) ? house : `${house}/words`
}

/** Modules in a circle, as one readable path each; empty when there is none. */
export function findCycles(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const cycles: string[] = []
  const done = new Set<string>()
  const walk = (node: string, trail: readonly string[]): void => {
    if (trail.includes(node)) {
      cycles.push([...trail.slice(trail.indexOf(node)), node].join(' → '))
      return
    }
    if (done.has(node)) return
    for (const next of edges.get(node) ?? []) walk(next, [...trail, node])
    done.add(node)
  }
  for (const node of edges.keys()) walk(node, [])
  return cycles
}
