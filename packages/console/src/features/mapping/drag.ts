/** What a field is called while it is dragged; files and texts from elsewhere are something else. */
export const fieldType = 'application/x-tessera-field'
