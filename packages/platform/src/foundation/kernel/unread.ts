/**
 * An object as JSON text that nobody has read yet. Most of what is sent is only passed on: it costs more to read it and to write
 * it again than everything else that is done with it. Written as JSON it is the object.
 */
export class Unread {
  /** JSON of an object, known to be sound and on one line. */
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  read(): Readonly<Record<string, unknown>> {
    return JSON.parse(this.text)
  }

  toJSON(): Readonly<Record<string, unknown>> {
    return this.read()
  }
}

/** The same object with all its members read; itself where nothing is left to be read. */
export function withAllRead(of: Readonly<Record<string, unknown>>): typeof of {
  for (const name in of) if (of[name] instanceof Unread) return everythingRead(of)
  return of
}

const everythingRead = (of: Readonly<Record<string, unknown>>): typeof of =>
  Object.fromEntries(
    Object.entries(of).map(([name, value]) => [
      name,
      value instanceof Unread ? value.read() : value,
    ]),
  )
