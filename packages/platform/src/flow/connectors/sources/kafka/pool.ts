import { type Broker, type BrokerPlace, type BrokerTools, openBroker } from './broker.ts'

/** Connections to brokers, one for each, opened when they are needed. */
export interface Pool {
  readonly brokerAt: (place: BrokerPlace) => Promise<Broker>
  /** One that is open, or the first of the connection's brokers that answers. */
  readonly anyBroker: () => Promise<Broker>
  readonly close: () => void
}

/** Opens no connection yet. */
export function makePool(tools: BrokerTools): Pool {
  const brokers = new Map<string, Promise<Broker>>()
  const open = new Set<Broker>()
  const brokerAt = (place: BrokerPlace): Promise<Broker> => {
    const key = `${place.host}:${place.port}`
    const opening = brokers.get(key) ?? openBroker(tools, place)
    // Nothing is awaited until it is noted, so that nobody else opens it as well.
    brokers.set(key, opening)
    const forget = () => void (brokers.get(key) === opening && brokers.delete(key))
    return opening.then(
      (broker) => {
        if (broker.wire.isOpen()) return note(broker)
        forget()
        open.delete(broker)
        return brokerAt(place)
      },
      (thrown) => {
        forget()
        throw thrown
      },
    )
  }
  const note = (broker: Broker) => {
    open.add(broker)
    return broker
  }
  return {
    brokerAt,
    anyBroker: async () => {
      const one = [...open].find(({ wire }) => wire.isOpen())
      if (one) return one
      let failure: unknown
      for (const place of tools.settings.brokers.map(placeOf)) {
        try {
          return await brokerAt(place)
        } catch (thrown) {
          tools.signal.throwIfAborted()
          failure ??= thrown
        }
      }
      throw failure
    },
    close: () => {
      for (const { wire } of open) wire.end()
    },
  }
}

function placeOf(broker: string): BrokerPlace {
  const at = broker.lastIndexOf(':')
  return { host: broker.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(broker.slice(at + 1)) }
}
