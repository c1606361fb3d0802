/** Demo: companies with a simulated plant. May use: source, model, identity. */
export { ensureDemo, isDemoMode } from './ensure.ts'
export { removeDemo } from './remove.ts'
export { startSimulator } from './simulator.ts'
