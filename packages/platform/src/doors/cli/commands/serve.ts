import type { Command } from '../command.ts'

/** Serves the API and the console on the data folder, until it is stopped. */
export const serve: Command = {
  name: 'serve',
  takes: '',
  about: 'Serve the API and the console on the data folder, until stopped with Ctrl-C',
  options: {
    port: {
      type: 'string',
      about: 'The port to listen on; the next free one is taken when it is in use',
    },
  },
  run: async ({ options: { port } }, { serve: start, out, signal }) => {
    const server = await start(typeof port === 'string' ? { port: Number(port) } : {})
    out.print(server.welcome)
    await server.untilStopped(signal)
  },
}
