// Whether what is just coming in belongs to a list that is searched. The server searches for good; this is for the
// entries it tells of later, so that a search stays alive.

/** Every word of the search begins a word of the text. */
export function fitsWords(text: string, search: string): boolean {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return search
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .every((wanted) => words.some((word) => word.startsWith(wanted)));
}
