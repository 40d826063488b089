const found = /^\/embed\/([^/]+)\//.exec(location.pathname)

/** The id of the token by which this page is shown in another tool's window, and where its addresses begin. */
export const embedded =
  found?.[1] === undefined ? undefined : { token: found[1], base: `/embed/${found[1]}` }
