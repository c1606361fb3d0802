/** The audit log and its seal. Any module may write to it. */
export { type AuditAction, type AuditActor, cut, genericActions, type Origin, recordAudit, securityActions } from './audit.ts'
export { type AuditJobDeps, auditJobs } from './jobs.ts'
export { type Verified, verifyAudit } from './verify.ts'
