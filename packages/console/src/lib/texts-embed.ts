/** What is said in another tool's window. */
export const embedTexts = {
  title: 'This customer cannot be shown',
  none: 'The address names no token that is its own. It ends with #token= and the token.',
}
