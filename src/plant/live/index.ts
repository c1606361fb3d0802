/** Live: tells open pages that their plant has new rows. May use: source, model. */
export { registerLiveRoutes } from './routes.ts'
