/** The audit log and its seal. Any module may write to it. */
export { type AuditAction, type AuditActor, cut, type Origin, recordAudit } from './audit.ts'
export { type AuditJobDeps, auditJobs } from './jobs.ts'
export { type ChainFault, type Verified, verifyAudit } from './verify.ts'
