/** The part of the XML parser that is used here; the package itself brings no types. */
declare module 'saxen' {
  type Attributes = () => Readonly<Record<string, string>> | false

  export class Parser {
    on(event: 'openTag', tell: (name: string, attributes: Attributes) => void): this
    on(event: 'closeTag', tell: (name: string) => void): this
    on(event: 'text' | 'cdata', tell: (text: string) => void): this
    on(event: 'error', tell: (error: Error) => void): this
    write(text: string): this
    end(): Error | null
  }
}
