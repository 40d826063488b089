import { faults } from '#kernel/fault.ts'

/** What can go wrong with the graph. */
export const graphFaults = faults('graph', {
  circle: {
    status: 422,
    say: (d: { circle: readonly string[] }) =>
      `these need each other in a circle: ${d.circle.join(' → ')}; take one of the steps away`,
    help: 'Something is made, over other things, from itself, so that there is no order in which to make it. Change one of the definitions named.',
  },
  unknown_input: {
    status: 422,
    say: (d: { node: string; input: string; hint: string }) =>
      `${d.node} is made from "${d.input}", which is not in the graph${d.hint}`,
    help: 'A node names an input that no room provides. Define the input or correct the name.',
  },
  unknown_node: {
    status: 404,
    say: (d: { key: string; hint: string }) => `there is no node "${d.key}" in the graph${d.hint}`,
    help: 'Nothing derived has this key. Keys read kind:name.',
  },
  refresh_failed: {
    status: 500,
    say: (d: { what: string }) => `refreshing failed: ${d.what}`,
    help: 'Refreshing a node ended in an error that nobody foresaw. The log has the details; its last good result stays.',
  },
})
