/** Refusals as RFC 9457 problem details: the one error shape of the API. The handler in this folder writes them. */
import { formatText, type Language, type Parameters, type Text } from '../i18n/i18n.ts'

/** `title` names the kind of refusal, `detail` this case of it; both may hold `{name}` marks. */
export type ProblemSpec = { readonly status: number; readonly title: Text; readonly detail?: Text }

/** One refused parameter: `path` as the caller wrote it (`daterange`, `line_id`, `profile.phone`). */
export type ProblemField = { readonly path: string; readonly rule: string; readonly message: Text; readonly parameters?: Parameters }

export type ProblemOptions = {
  readonly parameters?: Parameters
  readonly fields?: readonly ProblemField[]
  /** Further members of the problem document, such as `retry_after_s`. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** A refusal on its way to the client: expected, safe to show, never a bug. */
export class Problem extends Error {
  readonly code: string
  readonly spec: ProblemSpec
  readonly options: ProblemOptions
  constructor(code: string, spec: ProblemSpec, options: ProblemOptions = {}) {
    super(formatText(spec.detail ?? spec.title, 'en', options.parameters), { cause: options.cause })
    this.name = 'Problem'
    this.code = code
    this.spec = spec
    this.options = options
  }
  get status(): number {
    return this.spec.status
  }
  detail(language: Language): string {
    return formatText(this.spec.detail ?? this.spec.title, language, this.options.parameters)
  }
}

/** For a form: one text per field, all its faults in one. */
export function fieldErrorsOf(problem: Problem, language: Language): Readonly<Record<string, string>> {
  const byPath: Record<string, string> = {}
  for (const { path, message, parameters } of problem.options.fields ?? []) {
    const fault = formatText(message, language, parameters)
    byPath[path] = byPath[path] === undefined ? fault : `${byPath[path]}. ${fault}`
  }
  return byPath
}

/** `const problem = problemFactory(downtimeProblems)`; a misspelt code does not compile. */
export const problemFactory =
  <Specs extends Readonly<Record<string, ProblemSpec>>>(specs: Specs) =>
  (code: keyof Specs & string, options?: ProblemOptions): Problem =>
    new Problem(code, specs[code] as ProblemSpec, options)
