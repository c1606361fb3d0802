/** A company's administrators attach their own plant. May use: tenants, system, dashboards, history, model, source, identity. */
export { registerAttachPages } from './routes.ts'
