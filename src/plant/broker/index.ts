/** The data broker: external HTTP sources of a company, asked behind one guard, for widgets and integrators. May use: configuration, identity, net. */
export { registerBrokerPages } from './pages.ts'
export { registerBrokerRoutes } from './routes.ts'
export { createSources, type Sources } from './sources.ts'
