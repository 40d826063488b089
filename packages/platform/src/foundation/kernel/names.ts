/**
 * Names of columns from what a file calls them: snake_case, letters without accents, unique in the list.
 * `CustomerKey` becomes `customer_key`, ` given name` becomes `given_name`, a second `id` becomes `id_2`.
 */
export function columnNames(labels: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return labels.map((label, i) => {
    const plain = snakeCase(label) || `column_${i + 1}`
    const safe = /^[a-z]/.test(plain) ? plain : `c_${plain}`
    let name = safe.slice(0, 60)
    for (let n = 2; taken.has(name); n++) name = `${safe.slice(0, 57)}_${n}`
    taken.add(name)
    return name
  })
}

/** Words in lower case with underscores between them. */
export function snakeCase(label: string): string {
  return label
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
}
