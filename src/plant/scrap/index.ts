/** Scrap that people note by hand. May use: identity, model. */
export { listScrap, type ScrapNote, sumScrap } from './queries.ts'
export { noteScrap, withdrawScrap } from './scrap.ts'
