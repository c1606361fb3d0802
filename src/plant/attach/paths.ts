/** Addresses of attaching a plant, step by step. */
import { plantPaths } from '../navigation.ts'

export const steps = ['connection', 'verification', 'time-zone', 'found', 'speed', 'dashboard', 'loading'] as const
export type Step = (typeof steps)[number]

export const attachPaths = {
  begin: plantPaths.attach,
  step: (slug: string, step: Step): string => `${plantPaths.attach(slug)}${step === 'connection' ? '' : `/${step}`}`,
  cancel: (slug: string): string => `${plantPaths.attach(slug)}/cancel`,
} as const
