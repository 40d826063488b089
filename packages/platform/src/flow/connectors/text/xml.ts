import { TextDecoder } from 'node:util'
import { Parser } from 'saxen'
import { damaged } from '../zip/bytes.ts'

/** The attributes of an element by their names as they are written. */
export type Attributes = Readonly<Record<string, string>>

/** Who is told what an XML text holds, in its order. Names of elements come without their prefix. */
export interface XmlListener {
  readonly open?: (name: string, attributes: () => Attributes) => void
  readonly text?: (text: string) => void
  readonly close?: (name: string) => void
}

/** What an XML text is a part of: a file, or the answers of a server. */
export interface PartOf {
  /** What a person calls it. */
  readonly name: string
}

type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Longer stretches without a tag stand in nothing that is read here: a cell of a workbook holds at most 32,767 letters. */
const mostTextLength = 1024 ** 2

/**
 * Reads an XML text, and stops after every piece of it, so that what was found can be handed on. Nothing is looked up or
 * included, whatever the text declares.
 */
export async function* readXml(
  content: Pieces,
  listener: XmlListener,
  of: PartOf,
): AsyncGenerator<void> {
  const parser = parserFor(listener, of)
  for await (const piece of wholeTags(content, of)) {
    parser.write(piece)
    yield
  }
  parser.end()
  yield
}

/** Reads an XML text to its end. */
export async function readWholeXml(
  content: Pieces,
  listener: XmlListener,
  of: PartOf,
): Promise<void> {
  for await (const _ of readXml(content, listener, of));
}

function parserFor({ open, text, close }: XmlListener, of: PartOf): Parser {
  const parser = new Parser().on('error', (error) => {
    throw damaged(of, `its XML does not hold (${error.message})`, error)
  })
  if (open) {
    parser.on('openTag', (name, attributes) =>
      open(localName(name), () => attributes() || noAttributes),
    )
  }
  if (close) parser.on('closeTag', (name) => close(localName(name)))
  if (text) parser.on('text', (raw) => text(plainText(raw))).on('cdata', text)
  return parser
}

const noAttributes: Attributes = {}

const localName = (name: string) => name.slice(name.indexOf(':') + 1)

/**
 * The text in pieces that end before a tag, because the parser takes a `>` in an attribute for the end of a tag when the
 * attribute goes on in another piece.
 */
async function* wholeTags(content: Pieces, of: PartOf) {
  let decoder: TextDecoder | undefined
  let held = ''
  for await (const bytes of content) {
    decoder ??= decoderFor(bytes)
    const text = held + lettersOf(decoder, bytes, of)
    const end = text.lastIndexOf('<')
    held = text.slice(Math.max(0, end))
    if (held.length > mostTextLength) throw damaged(of, 'a text in it is endless')
    if (end > 0) yield text.slice(0, end)
  }
  yield held
}

// By the byte order mark; the declaration may name other encodings, but no known program writes them.
const decoderFor = ([first, second]: Uint8Array) =>
  new TextDecoder(utf16[`${first},${second}`] ?? 'utf-8', { fatal: true })

const utf16: Readonly<Record<string, string>> = { '255,254': 'utf-16le', '254,255': 'utf-16be' }

function lettersOf(decoder: TextDecoder, bytes: Uint8Array, of: PartOf): string {
  try {
    return decoder.decode(bytes, { stream: true })
  } catch (thrown) {
    throw damaged(of, 'its text is not UTF-8', thrown)
  }
}

/** Text as it was meant: with the letters that its references stand for. */
export const plainText = (raw: string): string =>
  raw.includes('&') ? raw.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, letterOf) : raw

// The parser's own decoding knows no letters beyond 16 bits.
function letterOf(whole: string, hex?: string, decimal?: string, name = ''): string {
  const code = hex ? Number.parseInt(hex, 16) : Number(decimal)
  if (name !== '') return named.get(name) ?? whole
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole
}

const named: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])
