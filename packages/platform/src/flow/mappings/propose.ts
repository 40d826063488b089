import type { LakeField } from '#lake'
import type { MappingDefinition } from './definition.ts'

type Target = MappingDefinition['objects'][number]

/** What people call the fields of a person, by the field of the model; the first that is there is taken. */
const personNames: Readonly<Record<string, readonly string[]>> = {
  salutation: ['salutation', 'prefix', 'anrede'],
  first_name: [
    'first_name',
    'firstname',
    'given_name',
    'given',
    'forename',
    'vorname',
    'prenom',
    'fname',
  ],
  middle_name: ['middle_name', 'middlename'],
  last_name: [
    'last_name',
    'lastname',
    'surname',
    'family_name',
    'family',
    'nachname',
    'nom',
    'lname',
  ],
  person_name: ['full_name', 'fullname', 'name', 'contact_name', 'customer_name', 'person_name'],
  birth_date: ['birth_date', 'birthdate', 'date_of_birth', 'dob', 'birthday', 'geburtsdatum'],
  gender: ['gender', 'sex'],
  marital_status: ['marital_status'],
  occupation: ['occupation', 'profession'],
  title: ['job_title', 'title'],
  language: ['language', 'lang', 'locale'],
  city: ['city', 'town', 'suburb', 'ort', 'stadt', 'ville'],
  country: ['country', 'country_code', 'land', 'pays'],
  created_at: ['created_at', 'created', 'created_date', 'signup_date', 'registered_at'],
  last_modified_at: [
    'last_modified_at',
    'last_modified',
    'updated_at',
    'updated',
    'changed_at',
    'modified_at',
  ],
}

const idNames = [
  'id',
  'customer_id',
  'contact_id',
  'person_id',
  'user_id',
  'member_id',
  'client_id',
  'rec_id',
  'customer_key',
  'customer_number',
  'customer_no',
  'kundennummer',
  'kundennr',
  'subscriber_key',
  'record_id',
  'key',
  'uuid',
  'guid',
  'number',
]
const emailNames = [
  'email',
  'e_mail',
  'email_address',
  'mail',
  'e_mail_address',
  'primary_email',
  'work_email',
]
const phoneNames = [
  'phone',
  'phone_number',
  'telephone',
  'tel',
  'mobile',
  'mobile_phone',
  'cell',
  'cell_phone',
  'telefon',
]
const addressNames: Readonly<Record<string, readonly string[]>> = {
  address_line_1: [
    'address_line_1',
    'address',
    'street',
    'address_1',
    'street_address',
    'address1',
    'strasse',
    'adresse',
  ],
  address_line_2: ['address_line_2', 'address_2', 'address2'],
  postal_code: [
    'postal_code',
    'postcode',
    'zip',
    'zip_code',
    'zipcode',
    'post_code',
    'plz',
    'code_postal',
  ],
  city: personNames['city'] ?? [],
  state: ['state', 'province', 'region'],
  country: personNames['country'] ?? [],
}

/**
 * Proposes how a file of people fills the model: by the names of its fields, and by what their values look like. Where
 * no key is found, the number of the record is the key; undefined when nothing in it looks like a person.
 */
export function proposeMapping(of: {
  stream: string
  qualifier: string
  fields: readonly (LakeField & { readonly examples?: readonly string[] })[]
}): { mapping: MappingDefinition; primaryKey: string | undefined } | undefined {
  const names = of.fields.map(({ name }) => name)
  const find = (candidates: readonly string[]) => candidates.find((name) => names.includes(name))
  const primaryKey =
    find(idNames) ??
    names.find((name, i) => i === 0 && /(^|_)(id|key|number|no|nr|nummer|code)$/.test(name))
  const emails = fieldsLike(of.fields, emailNames, /^[^@\s]+@[^@\s]+\.[^@\s]+$/)
  const phones = fieldsLike(of.fields, phoneNames, undefined)
  const id =
    primaryKey === undefined
      ? `concat('row-', ${names.map(quoted).join(", '|', ")})`
      : quoted(primaryKey)
  const person = withDates(matched(personNames, find), of.fields)
  if (Object.keys(person).length === 0 && emails.length === 0 && phones.length === 0)
    return undefined
  const changed = person['last_modified_at'] ? { last_modified_at: person['last_modified_at'] } : {}
  const targets: Target[] = [
    { object: 'individual', fields: { id, ...person } },
    ...emails.map((name) => ({
      object: 'contact_point_email',
      where: `${quoted(name)} is not null`,
      fields: {
        id: `concat(${id}, ':${name}')`,
        individual_id: id,
        email_address: quoted(name),
        ...changed,
      },
    })),
    ...phones.map((name) => ({
      object: 'contact_point_phone',
      where: `${quoted(name)} is not null`,
      fields: {
        id: `concat(${id}, ':${name}')`,
        individual_id: id,
        telephone_number: quoted(name),
        ...(person['country'] ? { country: person['country'] } : {}),
        ...changed,
      },
    })),
    ...addressTargets(id, find, changed),
  ]
  return { mapping: { stream: of.stream, qualifier: of.qualifier, objects: targets }, primaryKey }
}

/** Ways in which days are written, by what the first values look like. */
const dayFormats: readonly (readonly [RegExp, string])[] = [
  [/^\d{1,2}\.\d{1,2}\.\d{4}$/, '%d.%m.%Y'],
  [/^(1[3-9]|2\d|3[01])\/\d{1,2}\/\d{4}$/, '%d/%m/%Y'],
  [/^\d{1,2}\/\d{1,2}\/\d{4}$/, '%m/%d/%Y'],
  [/^\d{8}$/, '%Y%m%d'],
]

/** A birth date that is written in another way than ISO is parsed in that way. */
function withDates(
  person: Readonly<Record<string, string>>,
  fields: readonly (LakeField & { readonly examples?: readonly string[] })[],
): Record<string, string> {
  const born = fields.find(({ name }) => quoted(name) === person['birth_date'])
  const examples = (born?.examples ?? []).map((of) => of.trim())
  const format = dayFormats.find(([looks]) => examples.some((of) => looks.test(of)))?.[1]
  if (!born || born.type === 'date' || format === undefined) return person
  return { ...person, birth_date: `parse_date(trim(${quoted(born.name)}), '${format}')` }
}

function addressTargets(
  id: string,
  find: (candidates: readonly string[]) => string | undefined,
  changed: Readonly<Record<string, string>>,
): Target[] {
  const address = matched(addressNames, find)
  const line = address['address_line_1'] ?? address['postal_code']
  if (line === undefined) return []
  return [
    {
      object: 'contact_point_address',
      where: `${line} is not null`,
      fields: { id: `concat(${id}, ':address')`, individual_id: id, ...address, ...changed },
    },
  ]
}

function matched(
  table: Readonly<Record<string, readonly string[]>>,
  find: (candidates: readonly string[]) => string | undefined,
): Record<string, string> {
  const found = Object.entries(table).map(
    ([field, candidates]) => [field, find(candidates)] as const,
  )
  return Object.fromEntries(
    found.flatMap(([field, name]) => (name === undefined ? [] : [[field, quoted(name)]])),
  )
}

function fieldsLike(
  fields: readonly (LakeField & { readonly examples?: readonly string[] })[],
  names: readonly string[],
  looks: RegExp | undefined,
): readonly string[] {
  return fields
    .filter(({ name, examples = [] }) => {
      const isNamed = names.includes(name)
      const isAlike =
        looks !== undefined && examples.length > 0 && examples.every((of) => looks.test(of.trim()))
      return isNamed || isAlike
    })
    .map(({ name }) => name)
}

// Lake names are snake_case already; quoting keeps words of SQL such as "key" or "number" from being read as such.
const quoted = (name: string) =>
  /^(key|number|order|group|name|date|time|timestamp|value|user|end|from|to|table|column|row|select|where|case|when|then|else|case|left|right|primary|index)$/.test(
    name,
  )
    ? `"${name}"`
    : name
