/** Equal questions of one second share one answer. Plant time has whole seconds, so two requests that see the same company, rights, parameters and
 *  state differ in nothing: each still proves who asks and catches up with the plant, and only then is given what the first one worked out. */
import { LRUCache } from 'lru-cache'
import { SharedReply } from '../../platform/http/index.ts'
import { type Html, type NonceTemplate, nonceTemplate } from '../../platform/ui/index.ts'
import type { Facts } from '../facts/index.ts'
import type { PlantModel } from '../model/index.ts'
import { parseScope, type Scope } from '../scope/index.ts'
import type { ResolvedLayout } from './layout.ts'
import type { DashboardAnswer } from './service.ts'

/** What decides an answer besides the facts; objects are compared by identity. */
export type AnswerKey = {
  readonly facts: Facts
  readonly model: PlantModel
  readonly layout: ResolvedLayout
  /** Language, tab, widgets, and the lines that the asker is bound to. */
  readonly options: string
}

export type AnswerInfo = { readonly asked: number; readonly shared: number; readonly held: number }

export type Answers = {
  /** `parseScope`, the same object for the same parameters of one second. Throws invalid_filters (422). */
  readonly scopeOf: (model: PlantModel, raw: Readonly<Record<string, unknown>>, nowMs: number) => Scope
  /** What was answered in this second to the same question over the same state, else `make()`, kept for the others unless one of its widgets failed. */
  readonly answerOf: (key: AnswerKey, scope: Scope, make: () => DashboardAnswer) => DashboardAnswer
  /** The JSON of an answer. */
  readonly replyOf: (answer: DashboardAnswer, make: () => unknown) => SharedReply
  /** Markup of an answer, drawn once per `view` and given the nonce of each request. */
  readonly htmlOf: (answer: DashboardAnswer, view: string, nonce: string, draw: (nonce: string) => Html) => Html
  readonly info: () => AnswerInfo
}

/** Of one second and all companies: an answer of a year weighs a megabyte. */
const mostAnswers = 40
const mostScopes = 200

export function createAnswers(): Answers {
  let secondS = Number.NaN
  const scopes = new LRUCache<string, Scope>({ max: mostScopes })
  const answers = new LRUCache<string, DashboardAnswer>({ max: mostAnswers })
  const replies = new WeakMap<DashboardAnswer, SharedReply>()
  const drawn = new WeakMap<DashboardAnswer, Map<string, NonceTemplate>>()
  const idOf = createIds()
  let [asked, shared] = [0, 0]

  /** Nothing outlives its second. */
  const enter = (nowS: number): void => {
    if (nowS === secondS) return
    secondS = nowS
    scopes.clear()
    answers.clear()
  }

  return {
    scopeOf(model, raw, nowMs) {
      enter(Math.floor(nowMs / 1000))
      const key = `${idOf(model)} ${JSON.stringify(raw)}`
      const known = scopes.get(key)
      if (known) return known
      const scope = parseScope(model, raw, nowMs)
      scopes.set(key, scope)
      return scope
    },
    answerOf({ facts, model, layout, options }, scope, make) {
      asked += 1
      if (scope.now.epochS !== secondS) return make()
      const key = `${idOf(facts)} ${idOf(model)} ${idOf(scope)} ${idOf(layout)} ${options}`
      const known = answers.get(key)
      if (known) {
        shared += 1
        return known
      }
      const answer = make()
      const isWhole = Object.values(answer.widgets).every(({ metadata }) => metadata.error !== true)
      if (isWhole) answers.set(key, answer)
      return answer
    },
    replyOf(answer, make) {
      const known = replies.get(answer) ?? new SharedReply(make())
      replies.set(answer, known)
      return known
    },
    htmlOf(answer, view, nonce, draw) {
      const views = drawn.get(answer) ?? new Map<string, NonceTemplate>()
      drawn.set(answer, views)
      const template = views.get(view) ?? nonceTemplate(draw)
      views.set(view, template)
      return template.with(nonce)
    },
    info: () => ({ asked, shared, held: answers.size }),
  }
}

/** A number per object, never used twice. */
function createIds(): (object: object) => number {
  const ids = new WeakMap<object, number>()
  let last = 0
  return (object) => {
    const known = ids.get(object)
    if (known !== undefined) return known
    last += 1
    ids.set(object, last)
    return last
  }
}
