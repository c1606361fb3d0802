/** Identity's pages. May use every other module of identity. */
export { errorViews } from './error-views.ts'
export { type PageDeps, registerIdentityPages } from './routes.ts'
