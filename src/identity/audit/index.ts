/** The audit log. Any module may write to it. */
export { type AuditAction, type AuditActor, cut, type Origin, recordAudit } from './audit.ts'
