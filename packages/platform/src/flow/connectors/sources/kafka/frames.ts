/** More than any answer to what is asked for; what begins with such a length is another protocol. */
const mostFrameBytes = 256 * 1024 ** 2

/** What hears of frames: their content without the length before it. */
export interface FrameListener {
  readonly onFrame: (frame: Buffer) => void
  readonly onNonsense: (why: string) => void
}

/** Cuts what arrives into frames, however it was cut on its way; memory holds the frame that is under way. */
export function makeFrames({ onFrame, onNonsense }: FrameListener): (piece: Buffer) => void {
  let pieces: Buffer[] = []
  let bytes = 0
  let size: number | undefined
  const take = (count: number): Buffer => {
    const all = pieces.length === 1 ? pieces[0] : undefined
    const whole = all ?? Buffer.concat(pieces, bytes)
    const rest = whole.subarray(count)
    pieces = rest.length > 0 ? [rest] : []
    bytes = rest.length
    return whole.subarray(0, count)
  }
  const next = (): Buffer | undefined => {
    if (size === undefined && bytes >= 4) size = take(4).readInt32BE(0)
    if (size === undefined || bytes < size || isNonsense(size)) return undefined
    const frame = take(size)
    size = undefined
    return frame
  }
  return (piece) => {
    pieces.push(piece)
    bytes += piece.length
    for (let frame = next(); frame; frame = next()) onFrame(frame)
    if (size !== undefined && isNonsense(size))
      onNonsense(isTls(size) ? 'it speaks TLS (tls)' : 'what listens there is not Kafka')
  }
}

const isNonsense = (size: number) => size < 4 || size > mostFrameBytes

// An alert or a handshake of TLS, read as a length.
const isTls = (size: number) => size >>> 16 === 0x1503 || size >>> 16 === 0x1603
