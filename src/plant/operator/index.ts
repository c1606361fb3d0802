/** The operator's view: one line on a tablet or a phone, and what is done at it. May use: board, stops, scrap, downtime, facts, model, identity. */
export { registerOperatorRoutes } from './routes.ts'
