export { type CompanyOptions, generateCompany } from './company.ts'
export type { PersonSource } from './error-rates.ts'
export type { CompanyFile, CompanyManifest } from './manifest.ts'
export { type Act, type Shopper, visits } from './visits.ts'
