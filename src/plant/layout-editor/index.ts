/** Layout editor: dashboards of roles and of each person, built by mouse, touch, keyboard or plain form. May use: dashboards, configuration, model, scope, identity. */
export { registerLayoutEditor } from './pages.ts'
