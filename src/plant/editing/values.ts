/** A record of the plant as people edit it: plain JSON under the names of the API, whatever the customer's columns hold. */
import { createHash } from 'node:crypto'
import type { Entity } from '../model/index.ts'

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue }
export type Values = Readonly<Record<string, JsonValue>>
export const isObject = (value: JsonValue | undefined): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export type PlantRecord = {
  readonly entity: Entity
  readonly id: number
  readonly values: Values
  /** Another text after any change of a value, whoever made it. */
  readonly version: string
  /** `overlay`: changed or added in Andon, not in the customer's database. */
  readonly origin: 'database' | 'overlay'
  /** What the customer's database says; null when the record was added in Andon. */
  readonly base: Values | null
  /** Last edit made in Andon; null when there was none. */
  readonly edited: { readonly editId: number; readonly by: string; readonly atMs: number } | null
}

/** A value of an earlier addition of the same list of edits: its id is not known yet. */
export type Reference = { readonly key: string }
export type GivenValues = Readonly<Record<string, JsonValue | Reference | undefined>>

/** `keyOf`: the key under which the list would add what a filter's JSON names; ids whose key it does not add stay. */
type FromFile = { readonly keyOf?: (entity: Entity, id: number) => string }

export type Edit =
  | ({ readonly kind: 'add'; readonly entity: Entity; readonly values: GivenValues; readonly key?: string } & FromFile)
  /** What is not named stays. Without a version, whatever is there is changed. */
  | ({
      readonly kind: 'change'
      readonly entity: Entity
      readonly id: number
      readonly values: GivenValues
      readonly version?: string
    } & FromFile)
  /** Deactivates what detections, stops or other records still name. */
  | { readonly kind: 'remove'; readonly entity: Entity; readonly id: number; readonly version?: string }
  /** What the customer's database says holds again. */
  | { readonly kind: 'revert'; readonly entity: Entity; readonly id: number; readonly version?: string }

export type Outcome = 'added' | 'changed' | 'unchanged' | 'removed' | 'deactivated' | 'reverted'

export type Done = {
  readonly entity: Entity
  readonly id: number
  readonly key?: string
  readonly outcome: Outcome
  /** Null once it is removed. */
  readonly record: PlantRecord | null
  /** For undoing; null when nothing changed. */
  readonly editId: number | null
}

const sorted = (value: JsonValue): JsonValue =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value as Values)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, inner]) => [name, sorted(inner)]),
        )
      : value

export const isSame = (one: JsonValue, other: JsonValue): boolean => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))

export const versionOf = (values: Values): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(values)))
    .digest('base64url')
    .slice(0, 16)
