/** Administration of people: lists, approval, roles, accounts. May use every other module of identity but pages. */
export { type ListWish, listPeople } from './list.ts'
export { changeOwnProfile } from './me.ts'
export { registerPeoplePages } from './pages.ts'
export { PersonObject } from './person-object.ts'
export { ProfileForm, placeOptions, profileForm, profileOfForm } from './profile-form.ts'
export { registerPeopleRoutes } from './routes.ts'
