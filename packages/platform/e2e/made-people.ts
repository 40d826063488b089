import type { MadeRecord } from '#identity/testing'
import type { World } from './world.ts'

/** Streams of made-up people and of who they really are, and how they fill the model. */
export const sourcesOfPeople = `kind: connection
key: files
connector: files
settings: { folder: . }
---
kind: stream
key: people
connection: files
source: { path: people.csv }
mode: full
category: profile
primary_key: [id]
---
kind: stream
key: truth
connection: files
source: { path: truth.csv }
mode: full
category: other
---
kind: mapping
key: people
stream: people
qualifier: people
objects:
  - object: individual
    fields: { id: id, first_name: first_name, last_name: last_name, birth_date: birth_date }
  - object: contact_point_email
    where: email is not null
    fields: { id: id, individual_id: id, email_address: email }
  - object: contact_point_phone
    where: phone is not null
    fields: { id: id, individual_id: id, telephone_number: phone }
`

/** A model that is told nothing. */
export const peopleModel = `kind: match_model
key: people_model
label: Alike people
on: individual
`

/** Writes the files of these streams. */
export function writePeople(world: World, records: readonly MadeRecord[]): void {
  const lines = records.map((of) =>
    [of.id, of.first_name, of.last_name, of.birth_date, of.email, of.phone]
      .map((cell) => cell ?? '')
      .join(','),
  )
  const titles = 'id,first_name,last_name,birth_date,email,phone'
  world.write('people.csv', [titles, ...lines].join('\n'))
  const answers = records.map(({ id, entity }) => `people,${id},${entity}`)
  world.write('truth.csv', ['source,record,person', ...answers].join('\n'))
}
