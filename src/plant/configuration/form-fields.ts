/** Fields of the plant's forms, as browsers send them: one value is a text, several are a list. */
import { Type } from 'typebox'
import { Problem } from '../../platform/http/problem.ts'

export const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

export const texts = (maxLength: number, maxItems: number) =>
  Type.Optional(Type.Union([Type.String({ maxLength }), Type.Array(Type.String({ maxLength }), { maxItems })]))

export const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  typeof value === 'string' ? [value] : (value ?? [])

/** What the page shows beside what was typed: faults, and that somebody else was faster. */
export const isShownInForm = (error: unknown): error is Problem =>
  error instanceof Problem && (error.status === 422 || error.status === 409)
