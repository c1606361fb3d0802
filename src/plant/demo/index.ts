/** Demo: companies with a simulated plant. May use: source, model, identity. */
export { type Demo, type DemoCompany, type DemoProgress, ensureDemo, isDemoMode } from './ensure.ts'
export { type Removed, removeDemo } from './remove.ts'
export { type Simulator, startSimulator } from './simulator.ts'
