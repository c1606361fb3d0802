/** Undo and redo: what the draft was, carried by the form itself, so that they need neither a session nor JavaScript. Pure. */
import { type LayoutJson, readLayoutJson } from '../dashboards/index.ts'

export type Steps = { readonly past: readonly LayoutJson[]; readonly future: readonly LayoutJson[] }

const mostSteps = 20
/** Of all steps together, so that the form stays far below the request limit. */
const mostLetters = 300_000

export const noSteps: Steps = { past: [], future: [] }

const isSame = (a: LayoutJson, b: LayoutJson): boolean => JSON.stringify(a) === JSON.stringify(b)

const kept = (drafts: readonly LayoutJson[]): LayoutJson[] => {
  const newest = drafts.slice(-mostSteps)
  while (JSON.stringify(newest).length > mostLetters) newest.shift()
  return newest
}

/** The step before `next`, unless nothing changed. */
export const remember = (steps: Steps, before: LayoutJson, next: LayoutJson): Steps =>
  isSame(before, next) ? steps : { past: kept([...steps.past, before]), future: [] }

export type Stepped = { readonly draft: LayoutJson; readonly steps: Steps }

export function undo({ past, future }: Steps, draft: LayoutJson): Stepped {
  const before = past.at(-1)
  return before
    ? { draft: before, steps: { past: past.slice(0, -1), future: kept([...future, draft]) } }
    : { draft, steps: { past, future } }
}

export function redo({ past, future }: Steps, draft: LayoutJson): Stepped {
  const after = future.at(-1)
  return after ? { draft: after, steps: { past: kept([...past, draft]), future: future.slice(0, -1) } } : { draft, steps: { past, future } }
}

/** As a hidden field brought it back; whatever is no list of layouts is none. */
export function readSteps(text: string | undefined): LayoutJson[] {
  try {
    const list: unknown = JSON.parse(text || '[]')
    return Array.isArray(list) ? list.slice(-mostSteps).flatMap((item) => readLayoutJson(item) ?? []) : []
  } catch {
    return []
  }
}
