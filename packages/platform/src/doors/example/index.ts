export { type CompanyOptions, generateCompany } from './company.ts'
export type { PersonSource } from './error-rates.ts'
export type { CompanyFile, CompanyManifest } from './manifest.ts'
