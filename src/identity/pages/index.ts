/** Identity's pages. May use every other module of identity. */
export { errorViews } from './error-views.ts'
export { registerIdentityPages } from './routes.ts'
