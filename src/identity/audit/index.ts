/** The audit log. Any module may write to it. */
export { type AuditAction, type AuditActor, type AuditDetails, cut, noOrigin, type Origin, recordAudit } from './audit.ts'
