export type { AuditEntry, AuditQuery } from './api.ts'
export { type Audit, auditMigrations, makeAudit } from './audit.ts'
export { auditRoutes } from './routes.ts'
