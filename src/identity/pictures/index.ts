/** Pictures of people and companies. May use: access, audit, platform/files. */
export { pictureJobs } from './jobs.ts'
export { companyLogo, type PictureDeps } from './pictures.ts'
export { registerPictureRoutes } from './routes.ts'
export { avatarCard, logoCard } from './views.ts'
