export {
  accountRelation,
  fillTenant,
  mergePeople,
  profileId,
  setAccounts,
  setPeople,
  setRows,
  type TenantRow,
  tenantModel,
  tenantRelations,
} from './tenant.ts'
