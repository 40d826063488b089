import { faults } from '#kernel/fault.ts'

/** What this wire cannot give. */
export const segmentSpecFaults = faults('segment_spec', {
  no_script: {
    status: 404,
    say: (_: object) =>
      'this server has no copy of analytics.js; name one in TESSERA_ANALYTICS_JS, or bundle the npm package @segment/analytics-next with your site and load it with { writeKey, cdnURL }, where cdnURL is the address of this server',
    help: 'HTML snippets load a script that is another project’s build and not part of this server. Name it in `TESSERA_ANALYTICS_JS`: the file `dist/umd/standalone.js` of the npm package `@segment/analytics-next`, or an address where it can be had. Or bundle the package with your site.',
  },
})
