import { faults } from '#kernel/fault.ts'

/** What can go wrong on the way out. Addresses are named without path and query: those often hold secrets. */
export const outgoingFaults = faults('outgoing', {
  bad_address: {
    status: 422,
    say: (d: { url: string; why: string }) => `${d.url} cannot be called: ${d.why}`,
    help: 'The address is not one that can be called. Give a whole address such as `https://example.com/in`, http or https, without a name or password in it; credentials belong into headers.',
  },
  private_address: {
    status: 422,
    say: (d: { to: string; address: string; place: string }) =>
      `${d.to === d.address ? d.to : `${d.to} leads to ${d.address}, which`} is not a public address; if it is meant, whoever runs Tessera can allow it with TESSERA_ALLOW_PRIVATE=${d.place}`,
    help: 'Private, loopback, link-local, multicast and other special addresses are not called, so that nobody reaches into the network behind the server. If this one is meant, whoever runs Tessera can allow it with TESSERA_ALLOW_PRIVATE, as host:port; several are separated by commas.',
  },
  bad_allowance: {
    status: 500,
    say: (d: { entry: string }) => `"${d.entry}" should be host:port`,
    help: 'An entry of TESSERA_ALLOW_PRIVATE is not a host and a port, such as `localhost:9000` or `[::1]:9000`.',
  },
  bad_request: {
    status: 422,
    say: (d: { to: string; why: string }) => `the request to ${d.to} cannot be sent: ${d.why}`,
    help: 'A header or the body cannot be sent over HTTP. Header names are words with hyphens, and values hold no line breaks.',
  },
  timeout: {
    status: 504,
    say: (d: { to: string; afterMs: number }) =>
      `${d.to} did not answer in full within ${d.afterMs} ms`,
    help: 'The receiver took longer than the time limit, to connect, to answer or to finish its answer. It may have done its work all the same. Try again later, or ask the receiver to answer first and work afterwards.',
  },
  unreachable: {
    status: 502,
    say: (d: { to: string; why: string }) => `${d.to} cannot be reached: ${d.why}`,
    help: 'No connection could be made, or it broke off. Check host and port, and whether the receiver is running and open to this machine.',
  },
  tls: {
    status: 502,
    say: (d: { to: string; why: string }) => `${d.to} has no secure connection to offer: ${d.why}`,
    help: 'The certificate is expired, made for another name or signed by nobody known, or the port does not speak TLS. The receiver has to put it right; certificates are always checked.',
  },
  bad_answer: {
    status: 502,
    say: (d: { to: string; why: string }) => `the answer of ${d.to} is not HTTP: ${d.why}`,
    help: 'Something else than a web server listens there, or its answer was cut short. Check the port.',
  },
  redirect: {
    status: 422,
    say: (d: { to: string; status: number; location: string }) =>
      `${d.to} answered ${d.status} and pointed to ${d.location}`,
    help: 'Redirects are not followed, because they could lead anywhere and would lose the body. Use the address it points to, if you trust it.',
  },
  too_large: {
    status: 422,
    say: (d: { to: string; status: number; maxBytes: number }) =>
      `${d.to} answered ${d.status} with more than ${d.maxBytes} bytes`,
    help: 'The answer was longer than what is read. The request itself has arrived. Ask the receiver for a shorter answer, or for pages.',
  },
  bad_secret: {
    status: 422,
    say: () => 'the signing secret should be "whsec_" and 24 to 64 bytes in base64',
    help: 'Signing follows Standard Webhooks: the secret is `whsec_` followed by 24 to 64 random bytes in base64.',
  },
  bad_signature: {
    status: 401,
    say: (d: { why: string }) => `the signature does not hold: ${d.why}`,
    help: 'The message was not signed with this secret, was changed on its way, or is too old. Compare the secret on both sides, pass the body exactly as it came, and check the clocks.',
  },
})
