// Where a browser keeps a draft. The page asks whether there is one before it loads
// the editor.

/** The name in localStorage: of an origin by itself, and of the path of the page. */
export const draftName = (path: string): string => `hanoitwin-draft:${path}`;
