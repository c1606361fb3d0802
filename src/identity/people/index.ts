/** Administration of people: lists, approval, roles, accounts; the own profile. May use every other module of identity but pages. */
export { loadOwnProfile, type OwnProfile, profileCards, registerOwnProfilePages } from './own-profile.ts'
export { registerPeoplePages } from './pages.ts'
export { registerPeopleRoutes } from './routes.ts'
