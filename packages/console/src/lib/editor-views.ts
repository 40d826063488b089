/** How a definition is edited: by a form, or as the text of a definition file. */
export const editorViews = ['form', 'yaml'] as const
/** One way to edit a definition. */
export type EditorView = (typeof editorViews)[number]
