import { faults } from '#kernel/fault.ts'

/** What this wire cannot give. */
export const segmentSpecFaults = faults('segment_spec', {
  no_script: {
    status: 404,
    say: (_: object) =>
      'this server has no copy of analytics.js; bundle the npm package @segment/analytics-next with your site and load it with { writeKey, cdnURL }, where cdnURL is the address of this server',
    help: 'HTML snippets load a script that is another project’s build and not part of this server. Bundle the npm package with your site, or host its `dist/umd` yourself and name its address where the wire is set up.',
  },
})
