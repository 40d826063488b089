import type { Copy } from '../copy.ts'
import type { PersonSource } from '../error-rates.ts'
import type { CompanyFile } from '../manifest.ts'
import type { Person } from '../person.ts'
import { csvRow, type FileShape, type OpenFile, openRowFile, type RowFile } from '../row-file.ts'
import type { World } from '../world.ts'
import { openCrm } from './crm.ts'
import { openDesk } from './desk.ts'
import { openMail } from './mail.ts'
import { openShop } from './shop.ts'
import { openWeb } from './web.ts'

/** The five systems of the company, and the truth about who is who in them. */
export interface Sources {
  readonly add: Readonly<Record<PersonSource, AddRecord>>
  readonly addTruth: (source: PersonSource, recordId: string, personId: string) => void
  /** Waits until the disk has caught up with what was added. */
  readonly catchUp: () => Promise<void>
  readonly close: () => Promise<readonly CompanyFile[]>
}

/** Writes a record of a person, with all that hangs on it, and answers with its id. */
type AddRecord = (person: Person, copy: Copy, customerId: string | undefined) => string

/** Opens the files of all sources in the folder. */
export function openSources(folder: string, world: World): Sources {
  const files: { shape: FileShape; file: RowFile }[] = []
  const open: OpenFile = (shape, content) => {
    const file = openRowFile(folder, shape, content)
    files.push({ shape, file })
    return file
  }
  return {
    add: openAll(open, world),
    addTruth: openTruth(open),
    async catchUp() {
      for (const { file } of files) await file.catchUp()
    },
    close: () => Promise.all(files.map(close)),
  }
}

function openAll(open: OpenFile, world: World): Sources['add'] {
  const crm = openCrm(open, world)
  const addCustomer = openShop(open, world)
  const addVisits = openWeb(open, world)
  return {
    crm_contacts: crm.addContact,
    crm_leads: crm.addLead,
    shop_customers(person, copy) {
      const customerId = addCustomer(person, copy)
      addVisits({ customerId, email: copy.email })
      return customerId
    },
    desk_requesters: openDesk(open, world),
    mail_subscribers: openMail(open, world),
  }
}

function openTruth(open: OpenFile): Sources['addTruth'] {
  const file = open(
    { path: 'truth.csv', format: 'csv', delimiter: ',', encoding: 'utf-8' },
    { columns: ['source', 'record_id', 'person_id'] },
  )
  return (source, recordId, personId) => file.add(csvRow([source, recordId, personId], ','))
}

async function close({ shape, file }: { shape: FileShape; file: RowFile }): Promise<CompanyFile> {
  const { rows, badRows } = await file.close()
  const compression = shape.path.endsWith('.gz') ? 'gzip' : null
  return { ...shape, compression, rows, badRows }
}
