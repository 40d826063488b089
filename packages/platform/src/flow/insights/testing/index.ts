export {
  fillTenant,
  mergePeople,
  profileId,
  setPeople,
  setRows,
  type TenantRow,
  tenantModel,
  tenantRelations,
} from './tenant.ts'
