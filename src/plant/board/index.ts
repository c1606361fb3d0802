/** The board: every line's state and shift at a glance, for televisions and the operator's view. May use: stops, scrap, facts, scope, history, model, identity. */
export { type Board, type BoardDeps, type Boards, createBoards } from './board.ts'
export type { LineGlance } from './glance.ts'
export { registerBoardRoutes } from './routes.ts'
export { stripView } from './strip-view.ts'
export { sinceText, stateIcon } from './view.ts'
export { boardWords, reasonText, shiftText, stopText, whenText } from './words.ts'
