/** HTTP: the server, routes with schemas and access, problem documents, page context. Knows no actor. */
export type { AccessPolicy } from './access.ts'
export { createMetrics, type Metrics } from './metrics.ts'
export { openApiDocument, ProblemDocument } from './openapi.ts'
export { listAnswer, PageMeta, type Paging, PagingQuery, pageMeta, pagingOf } from './paging.ts'
export { isPlainJson } from './plain-json.ts'
export { fieldErrorsOf, Problem, type ProblemField, problemFactory } from './problem.ts'
export { clientGroup } from './rate.ts'
export { SharedReply } from './reply.ts'
export { pageBase, preferenceCookie, readPreference, themeCookie } from './request.ts'
export {
  type Answer,
  answer,
  emptyReply,
  htmlReply,
  type RegisteredRoute,
  rawReply,
  route,
  type SharedRate,
  type SocketInput,
  seeOther,
} from './route.ts'
export { buildServer, closeServer } from './server.ts'
export type { ErrorViews, Readiness, ShownProblem } from './shell.ts'
export type { FileType } from './sniff.ts'
export type { LiveSocket } from './sockets.ts'
export { requireUpload, type Upload } from './upload.ts'
