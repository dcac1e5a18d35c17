// The two times of an address: the day in the world, and when it was known.

/** The query of what is asked on a day and as it was known at some time, without its question mark. */
export function timeQuery(date: string | null, asOf: string | null): string {
  return [date === null ? '' : `datetime=${date}`, asOf === null ? '' : `as_of=${asOf}`].filter((p) => p !== '').join('&');
}

/** A path with more in its query. */
export function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}
